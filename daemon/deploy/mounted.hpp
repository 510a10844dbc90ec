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

/// The volumes by which the checkout is mounted are called so and a number.
inline constexpr std::string_view checkout_volume = "gf-checkout-";
/// Pure: whether the pod has a volume that is called so. One that was made otherwise may be there still.
bool has_volume(const Json& pod, std::string_view prefix);

/// Pure: how many files of the synced folders are not as before.
std::size_t mounted_changes(const AppSpec& app, const source::Tree& before, const source::Tree& after);

}  // namespace gf::deploy
