#pragma once
#include "core/offload.hpp"
#include "deploy/plan.hpp"
#include "node/link.hpp"

namespace gf::deploy {

/// What is to be written below one target folder of a container.
struct Delta {
  std::string target;
  std::vector<std::string> deletes;
  std::vector<node::FileWrite> writes;
};

/// Pure: the files of one sync rule, paths relative to its target.
source::Tree synced_files(const AppSpec& app, const SyncRule& rule, const source::Tree& tree);

/// The changes of all rules from one tree to another, contents read from the checkout: a few small files at once, more
/// of them by the pool. A file that vanished meanwhile is left out: its own event follows.
Task<std::vector<Delta>> deltas_between(WorkerPool& workers, std::string root, AppSpec app,
                                        std::shared_ptr<const source::Tree> before,
                                        std::shared_ptr<const source::Tree> after);

/// What a container whose contents are not known lacks: asked from it file by file through `link`. `built` are the
/// checkout's paths that its image came with.
Task<std::vector<Delta>> deltas_of_container(WorkerPool& workers, node::Link& link, std::string container_id,
                                             std::string root, AppSpec app, std::shared_ptr<const source::Tree> wanted,
                                             std::vector<std::string> built);

}  // namespace gf::deploy
