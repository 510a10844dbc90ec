#include "image/registry.hpp"

#include "image/order.hpp"

namespace gf::image {

std::string app_reference(const std::optional<Registry>& registry, const std::string& name) {
  const auto prefix = registry ? registry->host_in_nodes + '/' : std::string();
  return prefix + std::string(app_prefix) + name;
}

bool is_app_image(std::string_view reference) {
  const auto name = canonical(reference);
  return std::string_view(name).substr(name.find('/') + 1).starts_with(app_prefix);
}

std::optional<std::string> pushed_name(const std::optional<Registry>& registry, std::string_view reference) {
  if (!registry || !reference.starts_with(app_reference(registry, {}))) return std::nullopt;
  return registry->host + std::string(reference.substr(registry->host_in_nodes.size()));
}

}  // namespace gf::image
