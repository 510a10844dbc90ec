#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/task.hpp"

namespace gf {

struct ProcessSpec {
  std::string program;  ///< looked up in PATH when without '/'
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;  ///< added to ours
  std::string directory;                           ///< empty = ours
  std::string input;                               ///< written to standard input, then closed
};

struct ProcessResult {
  int exit_code = 0;           ///< 128 + N when ended by signal N, as shells count
  std::string output, errors;  ///< the last 1 MiB of each
};

enum class OutputStream { out, err };
using LineSink = std::function<void(OutputStream, std::string_view line)>;

/// Runs other programs: a seam. Each child gets its own process group; cancelling sends TERM to the group, KILL after
/// 5 s, and waits for the end before it throws. Throws Error(not_found) when the program does not exist.
/// A non-zero exit is a value, not an error.
class ProcessRunner {
 public:
  virtual ~ProcessRunner() = default;
  virtual Task<ProcessResult> run(ProcessSpec spec, LineSink on_line = {}) = 0;
};

/// The command as it could be pasted into a shell: for error messages.
std::string printable(const ProcessSpec& spec);

class PosixProcessRunner final : public ProcessRunner {
 public:
  Task<ProcessResult> run(ProcessSpec spec, LineSink on_line = {}) override;
};

}  // namespace gf
