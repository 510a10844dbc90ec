#include <algorithm>
#include <set>

#include "core/when_all.hpp"
#include "manifest/asleep.hpp"
#include "protocol/error.hpp"
#include "snapshot/snapshot_service.hpp"

// What the operations do, step by step.
namespace gf::snapshot {

using operation::Context;
using operation::run_step;

namespace {

constexpr const char* addon_label = "greenfield.dev/addon";

std::set<std::string> nodes_of(const std::vector<Volume>& volumes) {
  std::set<std::string> nodes;
  for (const auto& volume : volumes) nodes.insert(volume.node);
  return nodes;
}

std::vector<Volume> on(const std::string& node, std::vector<Volume> volumes) {
  std::erase_if(volumes, [&](const Volume& one) { return one.node != node; });
  return volumes;
}

}  // namespace

Task<std::vector<Volume>> SnapshotService::volumes_of(const addon::AddonSpec& spec) {
  std::vector<Volume> volumes;
  for (const auto& claim : spec.volumes) {
    auto asking = with_.kube.get("v1", "PersistentVolumeClaim", spec.space, claim);
    const auto claimed = co_await std::move(asking);
    if (!claimed) continue;  // of a member that another profile has
    const auto name = claimed->at("spec").value("volumeName", "");
    if (name.empty())
      throw Error(ErrorCode::addon_failed, "cannot find the volume of the claim " + claim + " of " + spec.name,
                  "gf addon status " + spec.name);
    auto getting = with_.kube.get("v1", "PersistentVolume", "", name);
    const auto volume = co_await std::move(getting);
    volumes.push_back(place_of(claim, volume.value_or(Json{{"spec", Json::object()}})));
  }
  if (volumes.empty())
    throw Error(ErrorCode::addon_failed, "cannot find a volume of " + spec.name, "gf addon status " + spec.name);
  co_return volumes;
}

Task<> SnapshotService::save_one(const addon::AddonSpec& spec, std::string name, Part& part, Context& step) {
  auto waiting = with_.addons.wait_ready(spec.name, step);
  co_await std::move(waiting);
  auto finding = volumes_of(spec);
  const auto volumes = co_await std::move(finding);
  const auto folder = folder_of(name, spec.name);
  std::vector<Task<Told>> saving;
  for (const auto& node : nodes_of(volumes)) {
    auto pods = with_.mirror.all("Pod", spec.space, addon_label, spec.name);
    std::erase_if(pods, [&](const Json* pod) { return pod->at("spec").value("nodeName", "") != node; });
    const auto here = on(node, volumes);
    saving.push_back(run_script(with_.engine, with_.clock, save_script(node, containers_of(pods, here), here, folder),
                                "cannot save " + spec.name + " on " + node, step));
  }
  auto all = when_all(std::move(saving));
  part.addon = spec.name;
  part.version = spec.version;
  part.shared = true;
  const auto ends = co_await std::move(all);
  for (const auto& told : ends) {
    part.shared = part.shared && told.shared;
    part.bytes += told.bytes;
    part.frozen_seconds = std::max(part.frozen_seconds, told.frozen_seconds);
  }
  for (auto volume : volumes) {
    volume.path = folder + '/' + volume.claim;
    part.volumes.push_back(std::move(volume));
  }
  step.log(part.shared ? "shares its blocks with the volume" : "copied: this file system cannot share blocks");
}

Task<Json> SnapshotService::run_save(std::string name, std::vector<std::string> addons, Context& context) {
  auto waiting = with_.mirror.wait_synced();
  co_await std::move(waiting);
  Snapshot snapshot;
  snapshot.name = name;
  snapshot.created = with_.clock.wall_seconds();
  auto asking = cluster_identity();
  snapshot.cluster = co_await std::move(asking);
  for (const auto& addon : addons) {
    auto& part = snapshot.parts.emplace_back();
    std::function<Task<>(Context&)> body = [&](Context& step) {
      return save_one(with_.addons.catalogue().at(addon), name, part, step);
    };
    auto stepping = run_step(context, "save " + addon, body);
    co_await std::move(stepping);
  }
  snapshots_[name] = snapshot;
  keep();
  co_return to_json(snapshot);
}

/// Gives the addon's workloads so many replicas and resumes when the cluster's own word of it has arrived.
Task<> SnapshotService::scale(const addon::AddonSpec& spec, int replicas) {
  for (const auto& workload : spec.ready) {
    if (workload.kind == "DaemonSet") continue;
    Json change;
    change["spec"]["replicas"] = replicas;
    manifest::forget_sleep(change);  // or a connection could wake it while its folders are exchanged
    auto patching = with_.kube.patch("apps/v1", workload.kind, spec.space, workload.name, "", std::move(change));
    co_await std::move(patching);
    auto arrived = [&] {
      const auto* object = with_.mirror.find(workload.kind, spec.space, workload.name);
      return object && object->at("spec").value("replicas", 1) == replicas;
    };
    while (!arrived()) {
      auto waiting = with_.mirror.changed().wait();
      co_await std::move(waiting);
    }
  }
}

/// With nobody at work on the folders.
Task<> SnapshotService::exchange(const addon::AddonSpec& spec, Part part, Context& step) {
  while (!with_.mirror.all("Pod", spec.space, addon_label, spec.name).empty()) {
    auto waiting = with_.mirror.changed().wait();
    co_await std::move(waiting);
  }
  auto finding = volumes_of(spec);
  auto volumes = co_await std::move(finding);
  std::vector<Task<Told>> restoring;
  for (const auto& node : nodes_of(part.volumes)) {
    const auto copies = on(node, part.volumes);
    std::vector<Volume> targets;
    for (const auto& copy : copies) {
      const auto target = std::ranges::find(volumes, copy.claim, &Volume::claim);
      if (target == volumes.end() || target->node != node)
        throw Error(ErrorCode::addon_failed,
                    "cannot restore " + spec.name + ": its volume " + copy.claim + " lies on another node now");
      targets.push_back(*target);
    }
    restoring.push_back(run_script(with_.engine, with_.clock, restore_script(node, copies, targets),
                                   "cannot restore " + spec.name + " on " + node + ": its content is what it was",
                                   step));
  }
  auto all = when_all(std::move(restoring));
  co_await std::move(all);
}

/// Users that came after the snapshot get in again, and all by the passwords of today.
Task<> SnapshotService::renew_claims(const addon::AddonSpec& spec) {
  auto listing = with_.kube.list("v1", "Secret", "", std::string(addon::Claims::label) + '=' + spec.name);
  const auto secrets = co_await std::move(listing);
  for (const auto& secret : secrets) {
    auto ensuring = with_.addons.claims().ensure(spec, secret.at("metadata").value("namespace", ""));
    co_await std::move(ensuring);
  }
}

Task<> SnapshotService::restore_one(const addon::AddonSpec& spec, Part part, Context& step) {
  auto finding = volumes_of(spec);
  const auto members = (co_await std::move(finding)).size();
  if (members != part.volumes.size())
    throw Error(ErrorCode::addon_failed,
                "cannot restore " + spec.name + ": it had " + std::to_string(part.volumes.size()) +
                    " members at the snapshot, and has " + std::to_string(members),
                "gf addon enable " + spec.name + " --profile " + (members == 1 ? "full" : "dev"));
  std::exception_ptr thrown;
  try {
    auto stopping = scale(spec, 0);
    co_await std::move(stopping);
    auto exchanging = exchange(spec, std::move(part), step);
    co_await std::move(exchanging);
  } catch (...) {
    thrown = std::current_exception();
  }
  // Whatever became of it, it runs again.
  if (thrown) co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
  auto starting = scale(spec, static_cast<int>(members));
  co_await std::move(starting);
  if (thrown) std::rethrow_exception(thrown);
  auto waiting = with_.addons.wait_ready(spec.name, step);
  co_await std::move(waiting);
  auto renewing = renew_claims(spec);
  co_await std::move(renewing);
}

Task<Json> SnapshotService::run_restore(std::string name, std::vector<std::string> addons, Context& context) {
  auto waiting = with_.mirror.wait_synced();
  co_await std::move(waiting);
  const auto snapshot = at(name);
  auto asking = cluster_identity();
  const auto cluster = co_await std::move(asking);
  if (snapshot.cluster != cluster)
    throw Error(ErrorCode::not_found, "cannot restore the snapshot '" + name + "': it was of a cluster that is gone",
                "gf snapshot list");
  for (const auto& addon : addons) {
    const auto part = *std::ranges::find(snapshot.parts, addon, &Part::addon);
    std::function<Task<>(Context&)> body = [&](Context& step) {
      return restore_one(with_.addons.catalogue().at(addon), part, step);
    };
    auto stepping = run_step(context, "restore " + addon, body);
    co_await std::move(stepping);
  }
  co_return to_json(snapshot);
}

Task<Json> SnapshotService::run_remove(std::string name, std::vector<std::string>, Context& context) {
  auto waiting = with_.mirror.wait_synced();
  co_await std::move(waiting);
  const auto found = snapshots_.find(name);
  if (found == snapshots_.end()) co_return Json::object();  // done before the daemon was killed
  const auto snapshot = found->second;
  for (const auto& part : snapshot.parts)
    for (const auto& node : nodes_of(part.volumes)) {
      auto removing = run_script(with_.engine, with_.clock, remove_script(node, folder_of(name, part.addon)),
                                 "cannot remove the snapshot '" + name + "' from " + node, context);
      co_await std::move(removing);
    }
  snapshots_.erase(name);
  keep();
  co_return Json::object();
}

}  // namespace gf::snapshot
