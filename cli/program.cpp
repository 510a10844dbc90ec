#include "program.hpp"

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <iostream>

#include "core/task_group.hpp"
#include "protocol/exec_frame.hpp"

namespace gf::cli {

namespace {

/// The terminal passes every key on while this lives.
class RawTerminal {
 public:
  explicit RawTerminal(bool wanted) : changed_(wanted && ::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!changed_) return;
    termios raw = before_;
    ::cfmakeraw(&raw);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  }
  ~RawTerminal() {
    if (changed_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }

 private:
  termios before_{};
  bool changed_;
};

Task<> send_size(http::Stream& stream) {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) co_return;
  const auto frame = encode_resize(size.ws_col, size.ws_row);
  auto writing = stream.write(frame);
  co_await std::move(writing);
}

Task<> follow_size(net::io_context& io, http::Stream& stream) {
  net::signal_set changes(io, SIGWINCH);
  for (;;) {
    auto sending = send_size(stream);
    co_await std::move(sending);
    co_await changes.async_wait(net::use_awaitable);
  }
}

Task<> send_input(net::io_context& io, http::Stream& stream) {
  std::string chunk(32 << 10, '\0');
  net::posix::stream_descriptor input(io);
  boost::system::error_code error;
  input.assign(::dup(STDIN_FILENO), error);
  const bool waitable = !error;  // a file is always ready and cannot be waited for
  for (;;) {
    std::size_t count = 0;
    if (waitable) {
      try {
        const auto room = net::buffer(chunk);
        count = co_await input.async_read_some(room, net::use_awaitable);
      } catch (const boost::system::system_error& failed) {
        if (failed.code() == net::error::operation_aborted) throw;
      }
    } else {
      const auto got = ::read(STDIN_FILENO, chunk.data(), chunk.size());
      count = got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    const auto frame = count == 0 ? encode(ExecFrameType::input_end, {})
                                  : encode(ExecFrameType::input, std::string_view(chunk).substr(0, count));
    auto writing = stream.write(frame);
    co_await std::move(writing);
    if (count == 0) co_return;
  }
}

Task<> talk(Session& session, std::string path, Json body, bool tty, int* exit_code) {
  http::Request request;
  request.method = "POST";
  request.target = std::move(path);
  request.headers.set("Content-Type", "application/json");
  request.headers.set("Connection", "Upgrade");
  request.headers.set("Upgrade", "gf-exec");
  request.body = dump(body);
  std::unique_ptr<http::Stream> stream;
  try {
    auto upgrading = session.client().upgrade(std::move(request));
    stream = co_await std::move(upgrading);
  } catch (const Error& error) {
    http::Response response;
    response.body = error.cause();
    throw error_of(response);
  }
  RawTerminal raw(tty);
  TaskGroup beside(session.io().get_executor());
  beside.spawn("input", send_input(session.io(), *stream));
  if (tty) beside.spawn("size", follow_size(session.io(), *stream));
  ExecFrameReader frames;
  std::string chunk(64 << 10, '\0');
  bool exited = false;
  while (!exited) {
    auto reading = stream->read_some(chunk.data(), chunk.size());
    const auto count = co_await std::move(reading);
    if (count == 0) break;
    frames.add(std::string_view(chunk).substr(0, count));
    while (const auto frame = frames.next()) {
      if (frame->type == ExecFrameType::exit) {
        *exit_code = static_cast<int>(number_of(*frame));
        exited = true;
      } else {
        (frame->type == ExecFrameType::errors ? std::cerr : std::cout) << frame->payload << std::flush;
      }
    }
  }
  auto stopping = beside.stop();
  co_await std::move(stopping);
  if (!exited)
    throw Error(ErrorCode::cluster_unavailable, "cannot go on with the command: the connection to its pod ended",
                "gf status");
}

}  // namespace

int run_program(Session& session, const std::string& path, Json body) {
  const bool tty = ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0;
  body["tty"] = tty;
  int exit_code = 0;
  session.run(talk(session, path, std::move(body), tty, &exit_code));
  return exit_code;
}

}  // namespace gf::cli
