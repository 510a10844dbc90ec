#include "forward/resolve.hpp"

#include "kube/readiness.hpp"
#include "node/pod_exec.hpp"

namespace gf::forward {

namespace {

Json member(const Json& object, const char* name, Json fallback) {
  return object.is_object() ? object.value(name, std::move(fallback)) : fallback;
}

/// The name of the port in the Service: slices name their ports by it.
std::optional<std::string> port_name(const Json& service, int port) {
  for (const auto& entry : member(member(service, "spec", Json::object()), "ports", Json::array()))
    if (member(entry, "port", 0) == port) return member(entry, "name", "").get<std::string>();
  return std::nullopt;
}

bool ready(const Json& endpoint) {
  const auto conditions = member(endpoint, "conditions", Json::object());
  const auto value = member(conditions, "ready", true);
  return !value.is_boolean() || value.get<bool>();  // absent and null both count as ready
}

}  // namespace

bool is_headless(const Json& service) {
  const auto address = member(member(service, "spec", Json::object()), "clusterIP", "").get<std::string>();
  return address.empty() || address == "None";
}

std::optional<Address> resolve(const Json& service, const std::vector<Json>& endpoint_slices, int port) {
  if (!is_headless(service)) return Address{service["spec"]["clusterIP"].get<std::string>(), port};
  const auto name = port_name(service, port);
  for (const auto& slice : endpoint_slices) {
    for (const auto& slice_port : member(slice, "ports", Json::array())) {
      if (name && member(slice_port, "name", "") != *name) continue;
      for (const auto& endpoint : member(slice, "endpoints", Json::array())) {
        const auto addresses = member(endpoint, "addresses", Json::array());
        if (ready(endpoint) && !addresses.empty())
          return Address{addresses.front().get<std::string>(), member(slice_port, "port", port).get<int>()};
      }
    }
  }
  return std::nullopt;
}

std::optional<PodPlace> choose(const std::vector<const Json*>& pods, std::size_t turn) {
  std::vector<PodPlace> places;
  for (const auto* pod : pods) {
    if (!kube::assess(*pod).ready || pod->at("metadata").contains("deletionTimestamp")) continue;
    auto id = node::container_id(*pod, "");
    if (!id.empty()) places.push_back({pod->at("spec").value("nodeName", ""), std::move(id)});
  }
  if (places.empty()) return std::nullopt;
  return places[turn % places.size()];
}

}  // namespace gf::forward
