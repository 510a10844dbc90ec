#include "deploy/data_mark.hpp"

namespace gf::deploy {

namespace {

/// A pod has its variables from when it was made: other data need other pods, and this makes them others.
constexpr const char* annotation = "greenfield.dev/data-branch";

}  // namespace

std::string data_of(const Json& pod) {
  const auto metadata = pod.find("metadata");
  if (metadata == pod.end() || !metadata->is_object()) return {};
  const auto annotations = metadata->find("annotations");
  return annotations == metadata->end() || !annotations->is_object() ? "" : annotations->value(annotation, "");
}

void note_data(Json& workload, const std::string& branch) {
  const auto kind = workload.value("kind", "");
  if (kind != "Deployment" && kind != "StatefulSet" && kind != "DaemonSet") return;
  auto& metadata = workload["spec"]["template"]["metadata"];
  if (!branch.empty())
    metadata["annotations"][annotation] = branch;
  else if (metadata.is_object() && metadata.contains("annotations"))
    metadata["annotations"].erase(annotation);
}

}  // namespace gf::deploy
