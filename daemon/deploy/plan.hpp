#pragma once
#include <map>
#include <string>
#include <vector>

#include "protocol/project.hpp"
#include "source/checkout.hpp"

namespace gf::deploy {

/// How one file of the checkout reaches an app.
enum class Route {
  none,   ///< it does not concern the app
  sync,   ///< straight into the running containers
  build,  ///< through a new image and a rollout
};

/// Pure: the route of `path` (relative to the checkout). A synced folder wins over the build context unless
/// `rebuild_on` names the file. `ignored` are the rules of the context's .dockerignore.
Route route(const AppSpec& app, const std::string& path, const std::vector<std::string>& ignored);

/// Pure: the files that a build of the app sees, relative to its context.
std::vector<const source::TreeFile*> context_files(const AppSpec& app, const source::Tree& tree,
                                                   const std::vector<std::string>& ignored);

/// Pure: names the image: a digest of all that it is made of and that cannot be synced. `args` are the build arguments
/// with platform images resolved.
std::string image_key(const AppSpec& app, const source::Tree& tree, const std::vector<std::string>& ignored,
                      const std::map<std::string, std::string>& args);

/// Pure: `path` seen from `folder` ("" and "." = the checkout itself); "" when it lies elsewhere.
std::string relative_to(const std::string& folder, const std::string& path);

/// Pure: paths as one text and back. Each is ended by a zero byte, the only one that no name holds: JSON could not keep
/// names that are no UTF-8. What was cut off is left out.
std::string joined_paths(const std::vector<std::string>& paths);
std::vector<std::string> split_paths(const std::string& text);

/// Whether an app's files are synced at all.
inline bool syncs(const AppSpec& app) { return !app.sync.empty(); }

/// Pure: the signal that a container's first process gets when its files have changed, "" for none.
std::string signal_after_sync(const AppSpec& app);

}  // namespace gf::deploy
