#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "container/engine.hpp"

namespace gf::node {

/// Pure: crictl ends with 1 whenever its command did not end with 0, and says with which code in a line of its own
/// behind all that the command wrote. Takes that line out of the output, and the code out of the line.
class CrictlEnd {
 public:
  explicit CrictlEnd(bool tty) : tty_(tty) {}
  /// What can be passed on of it now: the beginning of such a line is held back.
  std::string pass(std::string_view piece);
  /// At the end: what was held back, unless it was that line.
  std::string finish();
  std::optional<int> exit_code() const { return code_; }

 private:
  bool tty_;
  std::string held_;
  std::optional<int> code_;
};

/// A running crictl as the program that it runs.
std::unique_ptr<container::ExecStream> pod_program(std::unique_ptr<container::ExecStream> crictl, bool tty);

/// Runs what pod_exec() made: as engine.exec_stream() and engine.exec() do, with the exit code of the command itself.
Task<std::unique_ptr<container::ExecStream>> start_in_pod(container::Engine& engine, container::ExecSpec spec);
Task<container::ExecResult> run_in_pod(container::Engine& engine, container::ExecSpec spec, std::string input);

}  // namespace gf::node
