#include <algorithm>

#include "deploy/deploy_service.hpp"
#include "protocol/error.hpp"

// What a project does not name any more leaves the cluster.
namespace gf::deploy {

Task<> DeployService::remove_others(std::string name) {
  const auto spec = at(name).spec;
  std::vector<std::pair<std::string, std::string>> leaving;
  for (const char* kind : {"Deployment", "StatefulSet"})
    for (const auto* object : with_.mirror.all(kind, name, project_label, name)) {
      const auto app = object->at("metadata")["labels"].value(app_label, "");
      if (std::ranges::find(spec.apps, app, &AppSpec::name) == spec.apps.end())
        leaving.emplace_back(kind, object->at("metadata").value("name", ""));
    }
  for (const auto& [kind, object] : leaving) {
    auto removing = with_.kube.remove("apps/v1", kind, name, object);
    co_await std::move(removing);
    for (const char* beside : {"Service", "ServiceAccount"}) {
      auto following = with_.kube.remove("v1", beside, name, object);
      co_await std::move(following);
    }
    auto unscaling = with_.kube.remove(scaler_api, scaler_kind, name, object);
    co_await std::move(unscaling);
    const auto staying = in_mesh(spec) ? mesh_objects(name, AppSpec(), {}) : std::vector<Json>();
    auto leaving_mesh = remove_mesh_objects(name, outdated_mesh_objects(object, staying));
    co_await std::move(leaving_mesh);
  }
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
