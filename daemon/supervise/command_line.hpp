#pragma once
#include <optional>

#include "supervise/supervision.hpp"

namespace gf::supervise {

struct CommandLine {
  Limits limits;
  char** program = nullptr;  ///< its words, ended by nullptr
};

/// Pure: [--grace SECONDS] [--trial SECONDS] [--patience SECONDS] -- PROGRAM [ARGUMENT…], as main() gets it.
/// nullopt when it is anything else.
std::optional<CommandLine> read_command_line(int argc, char** argv);

}  // namespace gf::supervise
