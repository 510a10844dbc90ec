#pragma once
#include "system/paths.hpp"

namespace gf::cli {

/// Starts gfd in the background and returns when its socket accepts. One that runs but does not accept yet is waited
/// for, also one that another command starts at the same time; a leftover socket of a dead one is no hindrance. Throws
/// Error(daemon_unavailable) with its last log lines when it ends at once or does not answer within 20 s.
void launch_daemon(const Paths& paths);

/// Waits until the daemon has ended. Throws Error(timed_out).
void await_daemon_end(const Paths& paths);

/// The last lines of the daemon's log.
std::string log_tail(const Paths& paths, std::size_t lines);

}  // namespace gf::cli
