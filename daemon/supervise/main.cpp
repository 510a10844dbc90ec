#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "supervise/command_line.hpp"
#include "supervise/program.hpp"

namespace gf::supervise {

namespace {

using Clock = std::chrono::steady_clock;

/// Signals that tell of an error in this very program, and SIGPIPE, which would only tell that nobody reads what it
/// says.
constexpr int own_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, SIGPIPE};

/// Does what Supervision decides, for as long as the container lives. One loop: every event is a signal or the timer.
class Supervisor {
 public:
  Supervisor(const CommandLine& line, const sigset_t& mask, const sigset_t& awaited)
      : name_(line.program[0]), program_(line.program, mask), supervision_(line.limits), awaited_(awaited) {}

  [[noreturn]] void run() {
    perform(supervision_.begin());
    for (;;) {
      const int number = next_signal();
      if (number == 0)
        perform(on_timer());
      else if (number == SIGCHLD)
        reap();
      else if (number == SIGRTMIN)
        on_restart();
      else if (number > 0)
        perform(supervision_.on_signal(number));
    }
  }

 private:
  /// 0 = the timer; -1 = nothing.
  int next_signal() {
    if (!due_) {
      const int number = ::sigwaitinfo(&awaited_, nullptr);
      return number < 0 ? -1 : number;
    }
    const auto left = std::max(Clock::duration(0), *due_ - Clock::now());
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(left);
    const timespec time{whole.count(), std::chrono::nanoseconds(left - whole).count()};
    const int number = ::sigtimedwait(&awaited_, nullptr, &time);
    return number > 0 ? number : errno == EAGAIN ? 0 : -1;
  }

  Actions on_timer() {
    due_.reset();
    return supervision_.on_timer();
  }

  /// All requests that are there already are one.
  void on_restart() {
    sigset_t only;
    ::sigemptyset(&only);
    ::sigaddset(&only, SIGRTMIN);
    const timespec none{0, 0};
    while (::sigtimedwait(&only, nullptr, &none) > 0) continue;
    perform(supervision_.on_restart());
  }

  void reap() {
    if (const auto status = program_.reap()) {
      group_lives_ = true;
      perform(supervision_.on_ended(*status));
    }
    if (!group_lives_ || !program_.group_is_gone()) return;
    group_lives_ = false;
    perform(supervision_.on_group_gone());
  }

  void start() {
    group_lives_ = false;
    const int error = program_.start();
    if (error == 0) return;
    tell("cannot run " + std::string(name_) + ": " + std::strerror(error));
    perform(supervision_.on_ended(error == ENOENT ? 127 : 126));  // as a shell would
    perform(supervision_.on_group_gone());
  }

  static void tell(const std::string& text) { ::dprintf(STDERR_FILENO, "gf-supervise: %s\n", text.c_str()); }

  void perform(const Actions& actions) {
    for (const auto& [kind, value, text] : actions) {
      const auto number = static_cast<int>(value);
      switch (kind) {
        case Action::Kind::start:
          start();
          break;
        case Action::Kind::pass_on:
          program_.signal(number);
          break;
        case Action::Kind::signal_group:
          program_.signal_group(number);
          break;
        case Action::Kind::timer:
          due_ = Clock::now() + milliseconds(value);
          break;
        case Action::Kind::no_timer:
          due_.reset();
          break;
        case Action::Kind::leave:
          ::_exit(number);
        case Action::Kind::tell:
          tell(text);
          break;
      }
    }
  }

  const char* name_;
  Program program_;
  Supervision supervision_;
  sigset_t awaited_;
  std::optional<Clock::time_point> due_;
  bool group_lives_ = false;  ///< the program has ended, others of its group had not when it was looked at
};

}  // namespace

}  // namespace gf::supervise

/// Starts the program and starts it anew, in the same container, on each SIGRTMIN: TERM to its group, KILL after the
/// grace. All else is as without it: signals reach the program, its end is the container's. What it has to say goes to
/// standard error.
int main(int argc, char** argv) {
  using namespace gf::supervise;
  const auto line = read_command_line(argc, argv);
  if (!line) {
    std::fprintf(
        stderr,
        "usage: gf-supervise [--grace SECONDS] [--trial SECONDS] [--patience SECONDS] -- PROGRAM [ARGUMENT…]\n");
    return 2;
  }
  sigset_t mask, awaited;
  ::sigfillset(&awaited);
  for (const int number : own_signals)
    if (number != SIGPIPE) ::sigdelset(&awaited, number);
  ::sigprocmask(SIG_SETMASK, &awaited, &mask);
  ::sigdelset(&awaited, SIGPIPE);
  // Where another process is the first one of the process namespace, orphans come here all the same.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  Supervisor(*line, mask, awaited).run();
}
