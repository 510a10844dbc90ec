#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "protocol/error.hpp"

namespace gf::image {

/// How the references of images begin that gfd builds of apps, after the registry where there is one.
inline constexpr std::string_view app_prefix = "greenfield-app/";

/// A registry of this machine that the nodes pull from.
struct Registry {
  std::string host;           ///< the engine pushes there: "localhost:5001"
  std::string host_in_nodes;  ///< the nodes pull from there, and pods name it
  std::string help;           ///< a page about it; may be empty
};

/// What the cluster says of a registry: one, none, or something that cannot be understood.
struct Wiring {
  std::optional<Registry> registry;
  std::optional<Error> refused;
};

/// Pure: what pods call the image `name` ("shop-api:0123456789abcdef") of an app.
std::string app_reference(const std::optional<Registry>& registry, const std::string& name);
/// Pure: whether an image that gfd builds of an app is called so, with any registry or none.
bool is_app_image(std::string_view reference);
/// Pure: what the engine pushes as `reference`, nullopt when pods have it from elsewhere.
std::optional<std::string> pushed_name(const std::optional<Registry>& registry, std::string_view reference);

}  // namespace gf::image
