#include "deploy/mounted.hpp"

#include <algorithm>

#include "deploy/own_container.hpp"
#include "deploy/plan.hpp"
#include "protocol/error.hpp"

namespace gf::deploy {

namespace {

void mount_into(Json& container, Json& spec, const AppSpec& app, const std::string& root) {
  for (std::size_t i = 0; i < app.sync.size(); ++i) {
    const auto& rule = app.sync[i];
    const auto folder = rule.from.empty() ? root : root + '/' + rule.from;
    mount_folder(container, spec, std::string(checkout_volume) + std::to_string(i), folder, rule.to);
  }
}

}  // namespace

void mount_checkout(std::vector<Json>& objects, const AppSpec& app, const std::string& root) {
  const bool found = change_containers(objects, app.name,
                                       [&](Json& container, Json& spec) { mount_into(container, spec, app, root); });
  if (!found)
    throw Error(ErrorCode::bad_config,
                "cannot start " + app.name + " with 'sync_mode: mount': no container is called " + app.name,
                "name the container in the app's own manifests as the app");
}

bool has_volume(const Json& pod, std::string_view prefix) {
  for (const auto& volume : pod.at("spec").value("volumes", Json::array()))
    if (volume.value("name", "").starts_with(prefix)) return true;
  return false;
}

std::size_t mounted_changes(const AppSpec& app, const source::Tree& before, const source::Tree& after) {
  const auto change = source::difference(before, after);
  const auto is_synced = [&](const std::string& path) {
    return std::ranges::any_of(app.sync, [&](const SyncRule& rule) { return !relative_to(rule.from, path).empty(); });
  };
  std::size_t count = 0;
  for (const auto* paths : {&change.added, &change.modified, &change.removed})
    count += static_cast<std::size_t>(std::ranges::count_if(*paths, is_synced));
  return count;
}

}  // namespace gf::deploy
