#pragma once
#include <csignal>
#include <optional>

#include <sys/types.h>

namespace gf::supervise {

/// The supervised program as a process. It leads a session and a group of its own. Nothing is read from the file system
/// but the program.
class Program {
 public:
  /// `words` is its argument list, ended by nullptr, and stays; it is looked for in PATH. `mask` are the signals that
  /// it begins with blocked.
  Program(char* const* words, const sigset_t& mask) : words_(words), mask_(mask) {}

  /// Returns 0 or the errno of what went wrong.
  int start();
  void signal(int number) const;
  void signal_group(int number) const;
  /// Takes leave of all processes that have ended, orphans included. Returns the program's status when it was among
  /// them, as a shell tells it.
  std::optional<int> reap();
  /// Whether its group has no process any more.
  bool group_is_gone() const;

 private:
  char* const* words_;
  sigset_t mask_;
  pid_t pid_ = 0;    ///< 0 = it does not run
  pid_t group_ = 0;  ///< stays when the program has ended: others of it may live
};

}  // namespace gf::supervise
