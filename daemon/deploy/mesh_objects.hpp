#pragma once
#include <string>
#include <vector>

#include "protocol/json.hpp"
#include "protocol/project.hpp"

namespace gf::deploy {

/// Labels of the namespace of a project whose apps get sidecars.
std::map<std::string, std::string> mesh_namespace_labels();

/// Pure: makes an app's objects, generated or the project's own, part of the mesh: a sidecar and an identity (service
/// account) of its own for the pods, the protocol for the Service.
void join_mesh(std::vector<Json>& objects, const std::string& project, const AppSpec& app);

/// Pure: Istio's own objects for what stands under `mesh` of the app, named as the app is; the namespace's mTLS too.
std::vector<Json> mesh_objects(const std::string& project, const AppSpec& app, const std::vector<AppSpec>& apps);

/// An object that mesh_objects() may make of an app.
struct MeshObjectName {
  const char* api_version;
  const char* kind;
  std::string name;
};
/// Pure: those that `wanted` does not hold: they may be left of what the project said before.
std::vector<MeshObjectName> outdated_mesh_objects(const std::string& app, const std::vector<Json>& wanted);

}  // namespace gf::deploy
