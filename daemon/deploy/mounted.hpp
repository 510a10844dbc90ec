#pragma once
#include <string>
#include <vector>

#include "protocol/json.hpp"
#include "protocol/project.hpp"
#include "source/checkout.hpp"

namespace gf::deploy {

/// Pure: mounts the app's synced folders, read-only, into the containers that are called as the app, in generated
/// objects and in the project's own: volumes of the node's folders below `root`, where it has the checkout. Throws
/// Error(bad_config) when no pod has a container called as the app.
void mount_checkout(std::vector<Json>& objects, const AppSpec& app, const std::string& root);

/// Pure: whether the pod has the checkout mounted. One of another time may be there still.
bool has_checkout_mounted(const Json& pod);

/// Pure: how many files of the synced folders are not as before.
std::size_t mounted_changes(const AppSpec& app, const source::Tree& before, const source::Tree& after);

}  // namespace gf::deploy
