#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/write.hpp>
#include <cstring>

#include "core/clock.hpp"
#include "core/when_all.hpp"
#include "core/with_timeout.hpp"
#include "protocol/error.hpp"
#include "system/process_runner.hpp"

namespace gf {

namespace {

using Descriptor = net::posix::stream_descriptor;
constexpr auto quietly = net::as_tuple(net::use_awaitable);
constexpr auto grace = std::chrono::seconds(5);
constexpr std::size_t kept_bytes = 1 << 20;

struct Pipe {
  int read_end = -1, write_end = -1;
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
      throw Error(ErrorCode::internal, std::string("cannot make a pipe: ") + std::strerror(errno));
    read_end = ends[0];
    write_end = ends[1];
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close(read_end);
    close(write_end);
  }
  int take(int& end) { return std::exchange(end, -1); }
  static void close(int& end) {
    if (end >= 0) ::close(std::exchange(end, -1));
  }
};

/// What the child does between fork and exec: async-signal-safe calls only. Reports why exec failed through `report`.
[[noreturn]] void become(const char* directory, char* const* arguments, char* const* environment, int in, int out,
                         int err, int report) {
  ::setpgid(0, 0);
  // Dies with the daemon: after a kill -9 nothing works on behind the back of the daemon that goes on.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(in, 0);
  ::dup2(out, 1);
  ::dup2(err, 2);
  if (directory[0] == '\0' || ::chdir(directory) == 0) ::execvpe(arguments[0], arguments, environment);
  const int reason = errno;
  [[maybe_unused]] const auto written = ::write(report, &reason, sizeof reason);
  ::_exit(127);
}

std::vector<std::string> whole_environment(const std::map<std::string, std::string>& added) {
  std::vector<std::string> whole;
  for (char** entry = environ; *entry; ++entry) {
    const std::string text = *entry;
    if (!added.contains(text.substr(0, text.find('=')))) whole.push_back(text);
  }
  for (const auto& [name, value] : added) whole.push_back(name + "=" + value);
  return whole;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

/// A running child: its ends of the pipes, and a descriptor that becomes readable when it has ended.
struct Child {
  pid_t pid;
  Descriptor input, output, errors, ended;
};

Child start(Executor executor, const ProcessSpec& spec) {
  std::vector<std::string> arguments{spec.program};
  arguments.insert(arguments.end(), spec.arguments.begin(), spec.arguments.end());
  auto environment = whole_environment(spec.environment);
  const auto argument_pointers = pointers(arguments);
  const auto environment_pointers = pointers(environment);
  Pipe in, out, err, report;
  const pid_t pid = ::fork();
  if (pid < 0) throw Error(ErrorCode::internal, "cannot run " + spec.program + ": " + std::strerror(errno));
  if (pid == 0)
    become(spec.directory.c_str(), argument_pointers.data(), environment_pointers.data(), in.read_end, out.write_end,
           err.write_end, report.write_end);
  ::setpgid(pid, pid);  // both sides do it: whoever is first
  Pipe::close(report.write_end);
  int reason = 0;
  // Ends at once: either exec closed the other end, or the reason is there.
  if (::read(report.read_end, &reason, sizeof reason) == sizeof reason) {
    ::waitpid(pid, nullptr, 0);
    throw Error(ErrorCode::not_found, "cannot run " + spec.program + ": " + std::strerror(reason),
                reason == ENOENT ? "is it installed? scripts/bootstrap installs what Greenfield needs" : "");
  }
  const int ended = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  return Child{pid, Descriptor(executor, in.take(in.write_end)), Descriptor(executor, out.take(out.read_end)),
               Descriptor(executor, err.take(err.read_end)), Descriptor(executor, ended)};
}

Task<> feed(Descriptor& input, const std::string& text) {
  // A child that does not read its input is no error: its exit code tells.
  [[maybe_unused]] const auto [error, count] = co_await net::async_write(input, net::buffer(text), quietly);
  input.close();
}

Task<> drain(Descriptor& from, OutputStream which, const LineSink& on_line, std::string& kept) {
  std::vector<char> buffer(64 << 10);
  std::string line;
  while (true) {
    const auto [error, count] = co_await from.async_read_some(net::buffer(buffer), quietly);
    if (error == net::error::eof) break;
    if (error) throw boost::system::system_error(error);
    kept.append(buffer.data(), count);
    if (kept.size() > 2 * kept_bytes) kept.erase(0, kept.size() - kept_bytes);
    if (!on_line) continue;
    line.append(buffer.data(), count);
    for (std::size_t end = 0; (end = line.find('\n')) != std::string::npos; line.erase(0, end + 1))
      on_line(which, std::string_view(line).substr(0, end));
  }
  if (on_line && !line.empty()) on_line(which, line);
  if (kept.size() > kept_bytes) kept.erase(0, kept.size() - kept_bytes);
}

Task<> wait_end(Descriptor& ended) { co_await ended.async_wait(Descriptor::wait_read, net::use_awaitable); }

Task<> talk(Child& child, const ProcessSpec& spec, const LineSink& on_line, ProcessResult& result) {
  std::vector<Task<>> tasks;
  tasks.push_back(feed(child.input, spec.input));
  tasks.push_back(drain(child.output, OutputStream::out, on_line, result.output));
  tasks.push_back(drain(child.errors, OutputStream::err, on_line, result.errors));
  tasks.push_back(wait_end(child.ended));
  auto all = when_all(std::move(tasks));
  co_await std::move(all);
}

/// TERM to the whole group, KILL after the grace.
Task<> end_group(Child& child) {
  ::kill(-child.pid, SIGTERM);
  SystemClock clock;
  bool in_time = true;
  try {
    auto waiting = with_timeout(clock, grace, "", wait_end(child.ended));
    co_await std::move(waiting);
  } catch (const Error&) {
    in_time = false;
  }
  ::kill(-child.pid, SIGKILL);  // grandchildren that ignored TERM, in any case
  if (!in_time) co_await wait_end(child.ended);
}

}  // namespace

Task<ProcessResult> PosixProcessRunner::run(ProcessSpec spec, LineSink on_line) {
  const auto executor = co_await net::this_coro::executor;
  auto child = start(executor, spec);
  ProcessResult result;
  std::exception_ptr thrown;
  try {
    auto talking = talk(child, spec, on_line, result);
    co_await std::move(talking);
  } catch (...) {
    thrown = std::current_exception();
  }
  if (thrown) {
    co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
    auto ending = end_group(child);
    co_await std::move(ending);
  }
  int status = 0;
  ::waitpid(child.pid, &status, 0);
  if (thrown) std::rethrow_exception(thrown);
  result.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  co_return result;
}

std::string printable(const ProcessSpec& spec) {
  std::string text = spec.program;
  for (const auto& argument : spec.arguments) {
    const bool plain = !argument.empty() && argument.find_first_not_of(
                                                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                                "0123456789-_./:=,@+") == std::string::npos;
    text += ' ';
    if (plain) {
      text += argument;
      continue;
    }
    text += '\'';
    for (const char c : argument) {
      if (c == '\'')
        text += "'\\''";
      else
        text += c;
    }
    text += '\'';
  }
  return text;
}

}  // namespace gf
