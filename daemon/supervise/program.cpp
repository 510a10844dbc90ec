#include "supervise/program.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace gf::supervise {

int Program::start() {
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
  ::posix_spawnattr_setsigmask(&attributes, &mask_);
  pid_t pid = 0;
  const int error = ::posix_spawnp(&pid, words_[0], nullptr, &attributes, words_, environ);
  ::posix_spawnattr_destroy(&attributes);
  pid_ = group_ = error == 0 ? pid : 0;
  return error;
}

void Program::signal(int number) const {
  if (pid_ != 0) ::kill(pid_, number);
}

void Program::signal_group(int number) const {
  if (group_ != 0) ::kill(-group_, number);
}

std::optional<int> Program::reap() {
  std::optional<int> ended;
  for (;;) {
    int status = 0;
    const pid_t pid = ::waitpid(-1, &status, WNOHANG);
    if (pid < 0 && errno == EINTR) continue;
    if (pid <= 0) return ended;
    if (pid != pid_) continue;
    pid_ = 0;
    ended = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
}

bool Program::group_is_gone() const { return group_ == 0 || (::kill(-group_, 0) != 0 && errno == ESRCH); }

}  // namespace gf::supervise
