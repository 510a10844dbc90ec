#pragma once
#include <set>

#include "core/offload.hpp"
#include "deploy/plan.hpp"
#include "node/link.hpp"

namespace gf::deploy {

/// What is to be written below one target folder of a container.
struct Delta {
  std::string target;
  std::vector<std::string> deletes;
  std::vector<node::FileWrite> writes;
  // Paths of the checkout:
  std::vector<std::string> touched;    ///< all that the container has either way until the delta has arrived whole
  std::vector<std::string> unsettled;  ///< those that were not as the tree says any more when they were read
};

/// Pure: a path of the checkout out of one relative to the rule's target.
std::string path_in_checkout(const SyncRule& rule, const std::string& path);

/// Pure: which of the checkout's paths `held` lie below the rule's folder and are not in the tree any more, relative to
/// the rule's target.
std::set<std::string> gone_of(const SyncRule& rule, const source::Tree& wanted, const std::vector<std::string>& held);

/// Pure: what of `gone` is to go: all but what lies below a path where a file or link is `now`. Writing that one makes
/// room for it, while the delete, done a second time, would go through the link.
std::vector<std::string> deletes_of(const source::Tree& now, const std::set<std::string>& gone);

/// Pure: the files of one sync rule, paths relative to its target.
source::Tree synced_files(const AppSpec& app, const SyncRule& rule, const source::Tree& tree);

/// The changes of all rules from one tree to another, contents read from the checkout: a few small files at once, more
/// of them by the pool. A file that vanished meanwhile is left out. `unsure` are the checkout's paths of which it is
/// not known what the container has.
Task<std::vector<Delta>> deltas_between(WorkerPool& workers, std::string root, AppSpec app,
                                        std::shared_ptr<const source::Tree> before,
                                        std::shared_ptr<const source::Tree> after, std::set<std::string> unsure);

/// What a container whose contents are not known lacks: asked from it file by file through `link`. `held` are the
/// checkout's paths that it may have: its image came with them, or a sync that did not end.
Task<std::vector<Delta>> deltas_of_container(WorkerPool& workers, node::Link& link, std::string container_id,
                                             std::string root, AppSpec app, std::shared_ptr<const source::Tree> wanted,
                                             std::vector<std::string> held);

}  // namespace gf::deploy
