#pragma once
#include <optional>
#include <string>

#include "session.hpp"

namespace gf::cli {

struct DevOptions {
  std::string project, root;  ///< its name, and its checkout: what `up` is asked for
  bool notify = false;        ///< desktop notifications
};

/// Shows the project on the whole terminal until somebody ends it. Returns the number of the signal that did, 0 for a
/// key. Throws Error(daemon_unavailable) when the daemon goes and stays away.
int show_full_screen(Session& session, const Output& output, const DevOptions& options);

/// The same as lines as things happen, JSON with -o json: until it is interrupted, or nobody reads any more.
void show_lines(Session& session, const Output& output, const DevOptions& options);

}  // namespace gf::cli
