#include "deploy/own_container.hpp"

#include "manifest/transform.hpp"

namespace gf::deploy {

bool change_containers(std::vector<Json>& objects, const std::string& name,
                       const std::function<void(Json& container, Json& spec)>& change) {
  bool found = false;
  for (auto& object : objects) {
    auto* pods = manifest::pod_template(object);
    if (!pods || !(*pods)["spec"].contains("containers")) continue;
    auto& spec = (*pods)["spec"];
    for (auto& container : spec["containers"]) {
      if (container.value("name", "") != name) continue;
      found = true;
      change(container, spec);
    }
  }
  return found;
}

void mount_folder(Json& container, Json& spec, const std::string& name, const std::string& folder,
                  const std::string& place) {
  Json mount;
  mount["name"] = name;
  mount["mountPath"] = place;
  mount["readOnly"] = true;
  container["volumeMounts"].push_back(std::move(mount));
  Json volume;
  volume["name"] = name;
  volume["hostPath"]["path"] = folder;
  volume["hostPath"]["type"] = "Directory";
  spec["volumes"].push_back(std::move(volume));
}

}  // namespace gf::deploy
