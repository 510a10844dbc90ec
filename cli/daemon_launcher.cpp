#include "daemon_launcher.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <deque>
#include <fstream>
#include <utility>

#include "protocol/error.hpp"
#include "system/instance_lock.hpp"
#include "system/runtime_folder.hpp"

namespace gf::cli {

namespace {

constexpr auto limit = std::chrono::seconds(20);
constexpr int look_again_ms = 200;  // for what gives no event: a lock that was dropped

bool accepts(const std::string& path) {
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const bool connected = ::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(descriptor);
  return connected;
}

std::string program() {
  const auto self = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  for (const auto& place :
       {self / "gfd", self.parent_path() / "daemon/gfd"})  // installed, respectively in the build tree
    if (std::filesystem::exists(place)) return place.string();
  return "gfd";
}

/// Twice forked, so that it belongs to nobody's terminal. Returns the read end of a pipe that closes with the daemon's
/// end.
int start_detached(const Paths& paths) {
  const auto path = program();
  std::error_code ignored;  // what matters is whether the log can be opened
  std::filesystem::create_directories(paths.log().parent_path(), ignored);
  const int output = ::open(paths.log().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  int ends[2];
  if (output < 0 || ::pipe2(ends, 0) != 0)
    throw Error(ErrorCode::state_unwritable,
                "cannot start the daemon: cannot write " + paths.log().string() + ": " + std::strerror(errno));
  ::fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  const pid_t child = ::fork();
  if (child == 0) {
    ::setsid();
    if (::fork() != 0) ::_exit(0);
    const int nothing = ::open("/dev/null", O_RDONLY);
    ::dup2(nothing, 0);
    ::dup2(output, 1);
    ::dup2(output, 2);
    // Whatever else our caller had open (a lock, a pipe) must not live as long as the daemon.
    ::dup2(ends[1], 3);
    ::close_range(4, ~0U, 0);
    if (::chdir("/") != 0) ::_exit(126);
    ::execlp(path.c_str(), "gfd", static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(ends[1]);
  ::close(output);
  if (child > 0) ::waitpid(child, nullptr, 0);
  return ends[0];
}

}  // namespace

std::string log_tail(const Paths& paths, std::size_t lines) {
  std::ifstream file(paths.log());
  std::deque<std::string> last;
  for (std::string line; std::getline(file, line);) {
    last.push_back(line);
    if (last.size() > lines) last.pop_front();
  }
  std::string text;
  for (const auto& line : last) text += line + '\n';
  return text;
}

void launch_daemon(const Paths& paths) {
  ensure_runtime_folder(paths.runtime);
  const int events = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  ::inotify_add_watch(events, paths.runtime.c_str(), IN_CREATE | IN_ATTRIB);
  int alive = -1;
  const auto until = std::chrono::steady_clock::now() + limit;
  bool ended = false;
  while (!accepts(paths.socket().string()) && !ended && std::chrono::steady_clock::now() < until) {
    // Whoever holds the lock is starting, and waited for, or is ending after all: then it is our turn.
    if (alive < 0 && !InstanceLock::holder(paths.lock())) alive = start_detached(paths);
    pollfd waits[] = {{events, POLLIN, 0}, {alive, POLLIN, 0}};
    ::poll(waits, 2, look_again_ms);
    char drop[4096];
    while (::read(events, drop, sizeof drop) > 0) {
    }
    ended = alive >= 0 && (waits[1].revents & POLLHUP) != 0;
    if (ended && InstanceLock::holder(paths.lock())) {  // another client's daemon was first
      ::close(std::exchange(alive, -1));
      ended = false;
    }
  }
  const bool up = accepts(paths.socket().string());
  ::close(events);
  if (alive >= 0) ::close(alive);
  if (!up)
    throw Error(ErrorCode::daemon_unavailable,
                ended ? "cannot start the daemon: it ended at once" : "cannot reach the daemon: it does not answer",
                "gf daemon logs", log_tail(paths, 10));
}

void await_daemon_end(const Paths& paths) {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (InstanceLock::holder(paths.lock())) {
    if (std::chrono::steady_clock::now() > until)
      throw Error(ErrorCode::timed_out, "cannot stop the daemon: it does not end", "gf daemon logs");
    ::poll(nullptr, 0, 20);  // a lock of another process can only be looked at
  }
}

}  // namespace gf::cli
