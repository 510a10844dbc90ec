#pragma once
#include <optional>
#include <string>
#include <vector>

#include "container/engine.hpp"
#include "protocol/json.hpp"

namespace gf::deploy {

/// Pure: puts gf-supervise, which every node has, before the program of the app's containers, in generated objects and
/// in the project's own: a read-only mount of the node's folder, and a command that begins with it. `reference` is the
/// app's image and `image` what the engine knows of it: it names the program where the container does not.
/// Throws Error(bad_config) when no pod has a container called as the app, or nothing tells its program.
void supervise(std::vector<Json>& objects, const std::string& app, const std::string& reference,
               const std::optional<container::Image>& image);

}  // namespace gf::deploy
