#pragma once
#include "container/engine.hpp"
#include "core/clock.hpp"
#include "operation/context.hpp"
#include "snapshot/snapshot.hpp"

namespace gf::snapshot {

/// Pure: stops the containers, copies the folders into `folder`, and lets the containers go on: whatever happens, also
/// when the daemon dies.
container::ExecSpec save_script(const std::string& node, const std::vector<std::string>& containers,
                                const std::vector<Volume>& volumes, const std::string& folder);
/// Pure: puts copies (of the same claims) in the places of the folders, which nobody uses: all of them or none.
container::ExecSpec restore_script(const std::string& node, const std::vector<Volume>& copies,
                                   const std::vector<Volume>& volumes);
container::ExecSpec remove_script(const std::string& node, const std::string& folder);

/// What a script told about its work.
struct Told {
  bool shared = false;
  std::uint64_t bytes = 0;
  double frozen_seconds = 0;
};

/// Runs a script and shows its progress. When this is cancelled, the script cleans up and ends before this does.
/// Throws Error(addon_failed) with `what` and the script's words.
Task<Told> run_script(container::Engine& engine, Clock& clock, container::ExecSpec script, std::string what,
                      operation::Context& step);

}  // namespace gf::snapshot
