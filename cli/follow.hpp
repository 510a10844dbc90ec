#pragma once
#include "render/progress.hpp"
#include "session.hpp"

namespace gf::cli {

/// Shows an operation until its end: a live tree on a terminal, a line for each step otherwise, its events as NDJSON
/// with -o json. Ctrl-C cancels it and waits for its end; a second one leaves at once. A restart of the daemon
/// meanwhile is bridged. Returns its result; throws its error when it failed.
Json follow(Session& session, const Output& output, const std::string& id);

}  // namespace gf::cli
