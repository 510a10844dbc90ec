#include <algorithm>

#include "deploy/deploy_service.hpp"
#include "protocol/error.hpp"

// What a project does not name any more leaves the cluster.
namespace gf::deploy {

Task<> DeployService::remove_others(std::string name) {
  const auto spec = at(name).spec;
  const auto is_known = [&](const std::string& app) {
    return std::ranges::any_of(spec.apps, [&](const AppSpec& one) {
      return one.name == app || (one.strategy != Strategy::rolling && next_of(one).name == app);
    });
  };
  std::vector<std::pair<std::string, std::string>> leaving;
  for (const char* kind : {"Deployment", "StatefulSet"})
    for (const auto* object : with_.mirror.all(kind, name, project_label, name))
      if (!is_known(object->at("metadata")["labels"].value(app_label, "")))
        leaving.emplace_back(kind, object->at("metadata").value("name", ""));
  for (auto& [kind, object] : leaving) {
    auto removing = remove_app(name, std::move(kind), std::move(object));
    co_await std::move(removing);
  }
}

Task<> DeployService::remove_app(std::string project, std::string kind, std::string name) {
  const bool meshed = in_mesh(at(project).spec);
  at(project).deployed.erase(name);
  auto removing = with_.kube.remove("apps/v1", kind, project, name);
  co_await std::move(removing);
  for (const char* beside : {"Service", "ServiceAccount"}) {
    auto following = with_.kube.remove("v1", beside, project, name);
    co_await std::move(following);
  }
  auto unscaling = with_.kube.remove(scaler_api, scaler_kind, project, name);
  co_await std::move(unscaling);
  const auto staying = meshed ? mesh_objects(project, AppSpec(), {}) : std::vector<Json>();
  auto leaving_mesh = remove_mesh_objects(project, outdated_mesh_objects(name, staying));
  co_await std::move(leaving_mesh);
}

Task<> DeployService::remove_mesh_objects(std::string name, std::vector<MeshObjectName> objects) {
  try {
    for (auto& object : objects) {
      auto removing = with_.kube.remove(object.api_version, object.kind, name, std::move(object.name));
      co_await std::move(removing);
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;  // a cluster that never had a mesh does not know the kinds
  }
}

}  // namespace gf::deploy
