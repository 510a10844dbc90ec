#include "snapshot/snapshot_service.hpp"

#include <algorithm>

#include "protocol/error.hpp"

namespace gf::snapshot {

namespace {

using Names = std::vector<std::string>;
using Snapshots = std::map<std::string, Snapshot>;

Snapshots read(const Json& json) {
  Snapshots all;
  for (const auto& one : json) {
    auto snapshot = snapshot_from_json(one);
    all[snapshot.name] = std::move(snapshot);
  }
  return all;
}

}  // namespace

SnapshotService::SnapshotService(Collaborators with, state::Document document)
    : with_(std::move(with)), document_(std::move(document)), snapshots_(document_.load(read)) {
  add_kinds();
}

std::string SnapshotService::warning() const {
  return document_.warning("the list of snapshots", "take them again with `gf snapshot save`");
}

void SnapshotService::add_kinds() {
  using operation::Context;
  using Run = Task<Json> (SnapshotService::*)(std::string, Names, Context&);
  auto add = [this](const char* kind, Names keys, Run run) {
    with_.operations.add_kind(operation::Kind{
        kind, [](const Json& parameters) { return parameters.value("name", ""); }, [keys](const Json&) { return keys; },
        [this, run](const Json& parameters) -> operation::Body {
          return [this, run, parameters](Context& context) {
            return (this->*run)(parameters.at("name"), parameters.at("addons").get<Names>(), context);
          };
        },
        true});
  };
  add("snapshot-save", {"cluster", "snapshots"}, &SnapshotService::run_save);
  add("snapshot-restore", {"cluster", "snapshots"}, &SnapshotService::run_restore);
  add("snapshot-remove", {"snapshots"}, &SnapshotService::run_remove);
}

void SnapshotService::need_cluster(const std::string& what) const {
  if (!with_.kube.available())
    throw Error(ErrorCode::cluster_unavailable, "cannot " + what + ": the cluster does not run", "gf up");
}

const Snapshot& SnapshotService::at(const std::string& name) const {
  const auto found = snapshots_.find(name);
  if (found != snapshots_.end()) return found->second;
  Names names;
  for (const auto& [known, unused] : snapshots_) names.push_back(known);
  const auto near = nearest(name, names);
  throw Error(ErrorCode::not_found, "cannot find a snapshot called '" + name + "'",
              near.empty() ? "gf snapshot list" : "did you mean '" + near + "'?");
}

void SnapshotService::keep() {
  Json all = Json::array();
  for (const auto& [name, snapshot] : snapshots_) all.push_back(to_json(snapshot));
  document_.save(all);
}

Operation SnapshotService::begin(const std::string& kind, const std::string& name, Names addons) {
  Json parameters;
  parameters["name"] = name;
  parameters["addons"] = std::move(addons);
  return with_.operations.start(kind, parameters);
}

Operation SnapshotService::save(const std::string& name, Names addons) {
  check_name(name);
  if (snapshots_.contains(name))
    throw Error(ErrorCode::conflict, "cannot save the snapshot '" + name + "': there is one of that name",
                "gf snapshot remove " + name);
  const auto chosen = with_.addons.chosen();
  for (const auto& addon : addons) {
    if (with_.addons.catalogue().at(addon).volumes.empty())
      throw Error(ErrorCode::bad_request, "cannot take a snapshot of " + addon + ": it keeps nothing");
    if (!chosen.contains(addon))
      throw Error(ErrorCode::not_found, "cannot take a snapshot of " + addon + ": it is not enabled",
                  "gf addon enable " + addon);
  }
  if (addons.empty())
    for (const auto& [addon, entry] : chosen)
      if (!with_.addons.catalogue().at(addon).volumes.empty()) addons.push_back(addon);
  if (addons.empty())
    throw Error(ErrorCode::not_found, "cannot save the snapshot '" + name + "': no addon keeps anything",
                "gf addon list");
  need_cluster("save the snapshot '" + name + "'");
  return begin("snapshot-save", name, std::move(addons));
}

Operation SnapshotService::restore(const std::string& name, Names addons) {
  const auto& snapshot = at(name);
  for (const auto& addon : addons)
    if (std::ranges::find(snapshot.parts, addon, &Part::addon) == snapshot.parts.end())
      throw Error(ErrorCode::not_found, "cannot restore " + addon + ": the snapshot '" + name + "' does not hold it",
                  "gf snapshot list");
  if (addons.empty())
    for (const auto& part : snapshot.parts) addons.push_back(part.addon);
  const auto chosen = with_.addons.chosen();
  for (const auto& addon : addons)
    if (!chosen.contains(addon))
      throw Error(ErrorCode::not_found, "cannot restore " + addon + ": it is not enabled", "gf addon enable " + addon);
  need_cluster("restore the snapshot '" + name + "'");
  return begin("snapshot-restore", name, std::move(addons));
}

Operation SnapshotService::remove(const std::string& name) {
  at(name);
  need_cluster("remove the snapshot '" + name + "'");
  return begin("snapshot-remove", name, {});
}

/// Another cluster has another namespace of the system.
Task<std::string> SnapshotService::cluster_identity() {
  auto getting = with_.kube.get("v1", "Namespace", "", "kube-system");
  const auto space = co_await std::move(getting);
  co_return space ? space->at("metadata").value("uid", "") : std::string();
}

Task<std::vector<Snapshot>> SnapshotService::snapshots() {
  if (with_.kube.available()) {
    auto asking = cluster_identity();
    const auto cluster = co_await std::move(asking);
    // Those of a cluster that is gone are gone with it.
    if (std::erase_if(snapshots_, [&](const auto& entry) { return entry.second.cluster != cluster; }) > 0) keep();
  }
  std::vector<Snapshot> all;
  for (const auto& [name, snapshot] : snapshots_) all.push_back(snapshot);
  std::ranges::sort(all, {}, &Snapshot::created);
  co_return all;
}

}  // namespace gf::snapshot
