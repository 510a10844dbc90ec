#include "deploy/mounted.hpp"

#include <algorithm>

#include "deploy/plan.hpp"
#include "manifest/transform.hpp"
#include "protocol/error.hpp"

namespace gf::deploy {

namespace {

constexpr std::string_view volume_prefix = "gf-checkout-";

void mount_into(Json& container, Json& spec, const AppSpec& app, const std::string& root) {
  for (std::size_t i = 0; i < app.sync.size(); ++i) {
    const auto& rule = app.sync[i];
    const auto name = std::string(volume_prefix) + std::to_string(i);
    Json mount;
    mount["name"] = name;
    mount["mountPath"] = rule.to;
    mount["readOnly"] = true;
    container["volumeMounts"].push_back(std::move(mount));
    Json volume;
    volume["name"] = name;
    volume["hostPath"]["path"] = rule.from.empty() ? root : root + '/' + rule.from;
    volume["hostPath"]["type"] = "Directory";
    spec["volumes"].push_back(std::move(volume));
  }
}

}  // namespace

void mount_checkout(std::vector<Json>& objects, const AppSpec& app, const std::string& root) {
  bool found = false;
  for (auto& object : objects) {
    auto* pods = manifest::pod_template(object);
    if (!pods || !(*pods)["spec"].contains("containers")) continue;
    auto& spec = (*pods)["spec"];
    for (auto& container : spec["containers"]) {
      if (container.value("name", "") != app.name) continue;
      found = true;
      mount_into(container, spec, app, root);
    }
  }
  if (!found)
    throw Error(ErrorCode::bad_config,
                "cannot start " + app.name + " with 'sync_mode: mount': no container is called " + app.name,
                "name the container in the app's own manifests as the app");
}

bool has_checkout_mounted(const Json& pod) {
  for (const auto& volume : pod.at("spec").value("volumes", Json::array()))
    if (volume.value("name", "").starts_with(volume_prefix)) return true;
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
