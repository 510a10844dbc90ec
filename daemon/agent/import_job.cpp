#include "agent/import_job.hpp"

#include <spawn.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace gf::agent {

using node::FrameType;

namespace {

constexpr std::size_t said_limit = 4096;

Failure no_import(const std::string& why) { return {"cluster-failed", "cannot import images: " + why, ""}; }

/// `ctr` of this node, reading from `end` and saying there what it has to say.
int start(int end, pid_t& pid) {
  // Not unpacked: that is done ahead of the first container, or by it. Digests: as kind names what it loads.
  const char* command[] = {"ctr",       "--namespace", "k8s.io", "images", "import", "--local", "--all-platforms",
                           "--digests", "--no-unpack", "-",      nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t defaults;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    ::posix_spawn_file_actions_adddup2(&actions, end, number);
  ::sigemptyset(&defaults);
  for (const int signal : {SIGPIPE, SIGXFSZ}) ::sigaddset(&defaults, signal);  // what main() ignores
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  const int error = ::posix_spawnp(&pid, command[0], &actions, &attributes, const_cast<char* const*>(command), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  return error;
}

}  // namespace

ImportJob::ImportJob(int poller, std::uint32_t id) : poller_(poller), id_(id), inflow_(id) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw no_import(words(errno));
  socket_ = Descriptor(ends[0]);
  const Descriptor theirs(ends[1]);
  if (const int error = start(theirs.get(), pid_); error != 0) throw no_import("cannot start ctr: " + words(error));
  watch();
}

void ImportJob::watch() {
  const std::uint32_t wanted = EPOLLIN | (inflow_.waiting() ? std::uint32_t{EPOLLOUT} : 0);
  if (wanted == watched_) return;
  epoll_event event{};
  event.events = wanted;
  event.data.u32 = id_;
  ::epoll_ctl(poller_, watched_ == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket_.get(), &event);
  watched_ = wanted;
}

bool ImportJob::on_events(std::uint32_t events, std::string& out) {
  if ((events & EPOLLOUT) && !flush(out)) return false;
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) return receive(out);
  return true;
}

bool ImportJob::on_data(std::string_view bytes, std::string& out) {
  inflow_.add(bytes);
  return flush(out);
}

bool ImportJob::on_finish(std::string& out) {
  inflow_.finish();
  return flush(out);
}

bool ImportJob::flush(std::string& out) {
  // A reader that is gone has said why, and its end is seen there.
  if (!inflow_.flush(socket_.get(), out)) return receive(out);
  watch();
  return true;
}

bool ImportJob::receive(std::string& out) {
  for (;;) {
    char buffer[said_limit];
    const auto got = ::recv(socket_.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return true;
    if (got <= 0) return answer(out);
    said_.append(buffer, static_cast<std::size_t>(got));
    if (said_.size() > said_limit) said_.erase(0, said_.size() - said_limit);
  }
}

bool ImportJob::answer(std::string& out) {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;  // its end of the socket is closed: it has ended
  while (said_.ends_with('\n')) said_.pop_back();
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
    node::append_frame(out, FrameType::done, id_);
  else
    node::append_frame(out, FrameType::failed, id_, encode(no_import(said_)));
  return false;
}

}  // namespace gf::agent
