#include "api/pick_pod.hpp"

#include "kube/readiness.hpp"
#include "node/pod_exec.hpp"

namespace gf::api {

const Json* pick_pod(const std::vector<const Json*>& pods, const std::string& container, const std::string& name) {
  const Json* running = nullptr;
  for (const auto* pod : pods) {
    const auto& metadata = pod->at("metadata");
    if (!name.empty()) {
      if (metadata.value("name", "") == name) return pod;
      continue;
    }
    // During a rollout the former version's pods still run for a while; they are not what one asks for.
    if (metadata.contains("deletionTimestamp") || node::container_id(*pod, container).empty()) continue;
    if (kube::assess(*pod).ready) return pod;
    if (!running) running = pod;
  }
  return running;
}

}  // namespace gf::api
