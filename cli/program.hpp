#pragma once
#include "session.hpp"

namespace gf::cli {

/// Runs the program that a POST of `path` with `body` starts in a pod, as if it ran here: its input, output, errors
/// and, when ours is one, a terminal. Returns its exit code.
int run_program(Session& session, const std::string& path, Json body);

}  // namespace gf::cli
