#include "deploy/version.hpp"

#include <algorithm>
#include <cstdlib>

namespace gf::deploy {

namespace {

constexpr const char* image_annotation = "greenfield.dev/image-key";
constexpr const char* passed_over_annotation = "greenfield.dev/passed-over";
constexpr const char* revision_annotation = "deployment.kubernetes.io/revision";
constexpr const char* hash_label = "pod-template-hash";  ///< that Kubernetes gives the pods of a ReplicaSet

std::string annotation(const Json& object, const char* name) {
  return object.at("metadata").value("annotations", Json::object()).value(name, "");
}

BuiltImage image_of(const Json& workload) {
  const auto& containers = workload.at("spec").at("template").at("spec").at("containers");
  auto reference = containers.at(0).value("image", "");
  auto key = annotation(workload, image_annotation);
  return {std::move(reference), std::move(key)};
}

bool is_owned(const Json& object, const Json& owner) {
  const auto owners = object.at("metadata").value("ownerReferences", Json::array());
  return std::ranges::any_of(owners,
                             [&](const Json& one) { return one.value("uid", "") == owner.at("metadata").at("uid"); });
}

/// Those that serve before those that do not, then by revision.
std::pair<bool, int> rank(const Json& replica_set) {
  const auto revision = annotation(replica_set, revision_annotation);
  return {replica_set.value("status", Json::object()).value("readyReplicas", 0) > 0,
          revision.empty() ? 0 : std::atoi(revision.c_str())};
}

}  // namespace

AppSpec next_of(const AppSpec& app) {
  auto next = app;
  next.name = app.name + "-next";
  next.strategy = Strategy::rolling;
  next.localhost_port = 0;
  next.mesh.gateway = false;
  next.mesh.hosts.clear();
  next.mesh.routes.clear();
  // What a request meets on its way to the app it has met already at the stable one's routes.
  next.mesh.timeout = std::chrono::milliseconds(0);
  next.mesh.retries.reset();
  next.mesh.fault.reset();
  return next;
}

AppSpec divided(AppSpec app, int percent) {
  if (percent == 0) return app;
  auto& routes = app.mesh.routes;
  const auto is_default = [](const MeshRoute& one) { return one.path.empty() && one.headers.empty(); };
  if (std::ranges::none_of(routes, is_default)) routes.push_back({{}, {}, {{app.name, 100}}});
  for (auto& route : routes) {
    const auto own = route.to.find(app.name);
    if (own == route.to.end()) continue;
    for (auto& [name, weight] : route.to) weight *= 100;  // so that shares stay whole numbers
    const int all = own->second / 100;
    route.to[app.name + "-next"] = all * percent;
    own->second = all * (100 - percent);
    std::erase_if(route.to, [](const auto& entry) { return entry.second == 0; });
  }
  return app;
}

AppSpec with_preview(AppSpec app, const std::string& header, const std::string& value) {
  app.mesh.routes.insert(app.mesh.routes.begin(), MeshRoute{{}, {{header, value}}, {{app.name + "-next", 100}}});
  return app;
}

std::chrono::seconds ready_limit(const AppSpec& app) {
  return app.ready_deadline * std::max(1, app.autoscale ? app.autoscale->max : app.replicas);
}

Running running_in(const Json* deployment) {
  if (!deployment) return {};
  return {image_of(*deployment), annotation(*deployment, passed_over_annotation)};
}

void note_running(Json& deployment, const Running& running) {
  auto& annotations = deployment["metadata"]["annotations"];
  annotations[image_annotation] = running.image.key;
  if (!running.passed_over.empty()) annotations[passed_over_annotation] = running.passed_over;
}

std::optional<LastGood> last_good(const Json& deployment, const std::vector<Json>& replica_sets,
                                  const std::string& serving) {
  const auto revision = annotation(deployment, revision_annotation);
  const bool only_settings = image_of(deployment).key == serving;
  const Json* best = nullptr;
  const auto rank_of = [&](const Json& one) { return std::pair(image_of(one).key == serving, rank(one)); };
  for (const auto& one : replica_sets) {
    const auto key = image_of(one).key;
    if (!is_owned(one, deployment) || key.empty() || annotation(one, revision_annotation) == revision) continue;
    const bool serves = rank(one).first;
    if (!serves && (key != serving || only_settings)) continue;
    if (!best || rank_of(one) > rank_of(*best)) best = &one;
  }
  if (!best) return std::nullopt;
  return LastGood{image_of(*best), best->at("spec").at("template")};
}

void put_back(Json& deployment, const LastGood& good) {
  auto pods = good.pod_template;
  if (auto& metadata = pods["metadata"]; metadata.is_object()) {
    metadata.erase("creationTimestamp");
    if (metadata.contains("labels")) metadata["labels"].erase(hash_label);
  }
  deployment["spec"]["template"] = std::move(pods);
}

std::optional<BuiltImage> former_image(const Json& deployment, const std::vector<Json>& replica_sets) {
  const auto now = running_in(&deployment);
  const Json* best = nullptr;
  for (const auto& one : replica_sets) {
    if (!is_owned(one, deployment)) continue;
    const auto image = image_of(one);
    if (image.reference == now.image.reference || image.key.empty() || image.key == now.passed_over) continue;
    if (!best || rank(one) > rank(*best)) best = &one;
  }
  if (!best) return std::nullopt;
  return image_of(*best);
}

}  // namespace gf::deploy
