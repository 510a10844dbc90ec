#include <algorithm>

#include "deploy/deploy_service.hpp"
#include "kube/readiness.hpp"
#include "manifest/asleep.hpp"

// How apps stand, as the cluster has them.
namespace gf::deploy {

std::vector<AppStatus> DeployService::status(const std::string& name) const {
  std::vector<AppStatus> all;
  const auto found = projects_.find(name);
  if (found == projects_.end()) return all;
  for (const auto& app : found->second->spec.apps) {
    AppStatus one;
    one.name = app.name;
    one.replicas = app.replicas;
    one.state = "absent";
    const auto& replicas = *found->second->apps.at(app.name);
    one.pods = replicas.status();
    one.last_sync = replicas.last_sync();
    if (const auto* object = with_.mirror.find("Deployment", name, app.name)) {
      const auto seen = kube::assess(*object);
      one.state = seen.ready ? "ready" : seen.failed ? "failed" : "starting";
      one.reason = seen.reason;
      if (app.autoscale) one.replicas = object->at("spec").value("replicas", app.autoscale->min);
      const auto now = running_in(object);
      one.image = now.image.reference;
      one.rolled_back = !now.passed_over.empty();
      one.passed_over = now.passed_over;
      if (const auto* left = with_.history.find(name, app.name, now.passed_over)) one.why = left->reason;
      if (const auto rest = manifest::asleep(*object)) {
        one.state = "asleep";
        one.asleep_since = rest->since;
        one.asleep_saves_mib = rest->replicas * manifest::requested_mib(*object);
      }
    }
    one.ready = static_cast<int>(std::ranges::count_if(one.pods, &ReplicaStatus::ready));
    if (one.state == "starting")
      for (const auto* pod : with_.mirror.all("Pod", name, app_label, app.name))
        if (manifest::is_hopeless(*pod)) {
          one.state = "failed";
          one.reason = kube::trouble(*pod);
        }
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace gf::deploy
