#include "snapshot/snapshot.hpp"

#include <algorithm>

#include "protocol/error.hpp"

namespace gf::snapshot {

namespace {

constexpr std::size_t longest_name = 40;
// On the file system of the volumes, so that blocks can be shared; elsewhere than these, so that nobody takes it for
// one.
constexpr const char* snapshots = "/var/lib/greenfield-snapshots/";

Json to_json(const Volume& volume) {
  return Json{{"claim", volume.claim}, {"node", volume.node}, {"path", volume.path}};
}

Json to_json(const Part& part) {
  Json value{{"addon", part.addon},
             {"version", part.version},
             {"shared", part.shared},
             {"bytes", part.bytes},
             {"frozen_seconds", part.frozen_seconds}};
  value["volumes"] = Json::array();
  for (const auto& volume : part.volumes) value["volumes"].push_back(to_json(volume));
  return value;
}

Part part_from_json(const Json& value) {
  Part part;
  part.addon = value.at("addon");
  part.version = value.at("version");
  part.shared = value.at("shared");
  part.bytes = value.at("bytes");
  part.frozen_seconds = value.at("frozen_seconds");
  for (const auto& one : value.at("volumes")) part.volumes.push_back({one.at("claim"), one.at("node"), one.at("path")});
  return part;
}

bool uses(const Json& pod, const std::vector<Volume>& claims) {
  const auto& volumes = pod.at("spec").value("volumes", Json::array());
  return std::ranges::any_of(volumes, [&](const Json& one) {
    const auto name = one.value("persistentVolumeClaim", Json::object()).value("claimName", "");
    return std::ranges::find(claims, name, &Volume::claim) != claims.end();
  });
}

}  // namespace

Json to_json(const Snapshot& snapshot) {
  Json value{{"name", snapshot.name}, {"cluster", snapshot.cluster}, {"created", snapshot.created}};
  value["addons"] = Json::array();
  for (const auto& part : snapshot.parts) value["addons"].push_back(to_json(part));
  return value;
}

Snapshot snapshot_from_json(const Json& value) {
  Snapshot snapshot;
  snapshot.name = value.at("name");
  snapshot.cluster = value.at("cluster");
  snapshot.created = value.at("created");
  for (const auto& one : value.at("addons")) snapshot.parts.push_back(part_from_json(one));
  return snapshot;
}

void check_name(const std::string& name) {
  const bool good =
      !name.empty() && name.size() <= longest_name && name.front() != '-' &&
      std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  if (!good)
    throw Error(ErrorCode::bad_request,
                "cannot call a snapshot '" + name + "': a name is of a-z, 0-9 and '-', at most 40 characters");
}

Volume place_of(const std::string& claim, const Json& volume) {
  Volume place;
  place.claim = claim;
  const auto& spec = volume.at("spec");
  for (const char* kind : {"local", "hostPath"})
    if (spec.contains(kind)) place.path = spec[kind].value("path", "");
  const auto terms = spec.value("/nodeAffinity/required/nodeSelectorTerms"_json_pointer, Json::array());
  for (const auto& term : terms)
    for (const auto& one : term.value("matchExpressions", Json::array()))
      if (one.value("key", "") == "kubernetes.io/hostname" && !one.value("values", Json::array()).empty())
        place.node = one["values"][0].get<std::string>();
  if (place.path.empty() || place.node.empty())
    throw Error(ErrorCode::addon_failed, "cannot take a snapshot of " + claim + ": it is no folder on a node");
  return place;
}

std::string folder_of(const std::string& name, const std::string& addon) { return snapshots + name + '/' + addon; }

std::vector<std::string> containers_of(const std::vector<const Json*>& pods, const std::vector<Volume>& claims) {
  std::vector<std::string> ids;
  for (const auto* pod : pods) {
    if (!uses(*pod, claims)) continue;
    for (const auto& status : pod->value("/status/containerStatuses"_json_pointer, Json::array())) {
      const auto id = status.value("containerID", "");
      if (!status.value("state", Json::object()).contains("running") || id.find("://") == std::string::npos) continue;
      ids.push_back(id.substr(id.find("://") + 3));
    }
  }
  return ids;
}

}  // namespace gf::snapshot
