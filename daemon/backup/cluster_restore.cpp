#include <algorithm>
#include <array>

#include "addon/volumes.hpp"
#include "backup/cluster_backups.hpp"
#include "backup/cluster_volume.hpp"
#include "protocol/error.hpp"
#include "snapshot/snapshot.hpp"

// How the cluster's state gets back, step by step. Each step ensures what it makes: a restore that was cut off goes on
// where it was when it is begun again.
namespace gf::backup {

using operation::Context;
using operation::run_step;

namespace {

constexpr std::size_t named_at_most = 20;
constexpr std::array<const char*, 9> titles{"definitions", "namespaces",    "storage classes and volumes",
                                            "claims",      "configuration", "services",
                                            "workloads",   "other objects", "admission rules"};

/// In the order of their stages.
std::vector<Json> read_objects(FileSystem* files, std::filesystem::path file) {
  const auto text = files->read(file);
  if (!text) throw Error(ErrorCode::not_found, "cannot read " + file.string(), "gf backup list");
  std::vector<Json> objects;
  for (std::size_t begin = 0; begin < text->size();) {
    const auto end = std::min(text->find('\n', begin), text->size());
    objects.push_back(parse_json(std::string_view(*text).substr(begin, end - begin), file.string()));
    begin = end + 1;
  }
  std::ranges::stable_sort(objects, {}, stage_of);
  return objects;
}

std::string space_of(const Json& object) { return object.at("metadata").value("namespace", ""); }
std::string plain_name(const Json& object) { return object.at("metadata").value("name", ""); }

const SavedVolume* volume_of(const ClusterBackup& backup, const Json& claim) {
  const auto found = std::ranges::find_if(backup.volumes, [&](const SavedVolume& one) {
    return one.space == space_of(claim) && one.claim == plain_name(claim);
  });
  return found == backup.volumes.end() ? nullptr : &*found;
}

/// Whether the claim has a volume that is not of this backup.
bool has_other_volume(const Json& claim, const ClusterBackup& backup) {
  const auto name = claim.value("/spec/volumeName"_json_pointer, "");
  return !name.empty() && name != restored_name(backup.id, space_of(claim), plain_name(claim));
}

Error refusal(const ClusterBackup& backup, const std::vector<std::string>& others) {
  std::string names;
  for (std::size_t i = 0; i < std::min(others.size(), named_at_most); ++i) names += (i ? ", " : "") + others[i];
  if (others.size() > named_at_most) names += " and " + std::to_string(others.size() - named_at_most) + " more";
  return Error(
      ErrorCode::conflict,
      "cannot restore the cluster: it has other content than the backup already; nothing was changed: " + names,
      "remove them, or `gf backup restore cluster --at " + backup.id +
          " --force` replaces objects; volumes that claims have already are left as they are");
}

}  // namespace

/// Of a kind that the cluster does not know yet there is nothing.
Task<std::optional<Json>> ClusterBackups::existing(const Json& object) {
  try {
    auto getting =
        with_.kube.get(object.value("apiVersion", ""), object.value("kind", ""), space_of(object), plain_name(object));
    co_return co_await std::move(getting);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
  }
  co_return std::nullopt;
}

Task<> ClusterBackups::check(const ClusterBackup& backup, Context& step) {
  auto verifying = transfer_.verify(objects_of(folder_, backup), backup.objects, step);
  co_await std::move(verifying);
  for (const auto& volume : backup.volumes) {
    auto next = transfer_.verify(archive_of(folder_, backup, volume), volume.content, step);
    co_await std::move(next);
  }
}

Task<> ClusterBackups::compare(const ClusterBackup& backup, bool force, Plan& plan, Context& step) {
  auto reading = offload(with_.workers, &read_objects, &with_.files, objects_of(folder_, backup));
  auto objects = co_await std::move(reading);
  std::vector<std::string> others;
  for (auto& object : objects) {
    Planned planned;
    auto asking = existing(object);
    const auto found = co_await std::move(asking);
    const auto stage = stage_of(object);
    const bool other_volume = stage == Stage::claims && found && has_other_volume(*found, backup);
    const auto* volume = stage == Stage::claims ? volume_of(backup, object) : nullptr;
    if (volume && !other_volume) plan.volumes.push_back(*volume);
    if (is_own(object) && (stage == Stage::workloads || stage == Stage::webhooks))
      planned.action = Action::leave;  // they come with `gf up`, as do images, and what answers the webhooks
    else if (volume && other_volume)
      planned.action = Action::leave;
    else if (found)
      planned.action = holds(cleaned(*found), object) ? Action::leave : Action::replace;
    const bool differs = (volume && other_volume) || (planned.action == Action::replace && !is_own(*found));
    if (differs && !force) others.push_back(name_of(object));
    planned.object = std::move(object);
    plan.objects.push_back(std::move(planned));
    step.progress(plan.objects.size(), backup.count, "objects");
  }
  if (!others.empty()) throw refusal(backup, others);
}

/// What is gfd's own is applied as gfd applies it: what a later version no longer says then goes.
Task<> ClusterBackups::restore_object(const Planned& planned) {
  try {
    if (planned.action == Action::create && !is_own(planned.object)) {
      auto creating = with_.kube.create(planned.object);
      if (co_await std::move(creating)) co_return;  // else a controller was quicker
    }
    auto applying = with_.kube.apply(planned.object);
    co_await std::move(applying);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;  // it names the object
    throw Error(error.code(), "cannot restore " + name_of(planned.object) + ": " + error.message(), error.hint(),
                error.cause());
  }
}

Task<> ClusterBackups::restore_stage(Stage stage, const Plan& plan, Context& step) {
  const auto of_stage = [&](const Planned& one) {
    return one.action != Action::leave && stage_of(one.object) == stage;
  };
  const auto all = static_cast<std::uint64_t>(std::ranges::count_if(plan.objects, of_stage));
  std::uint64_t done = 0;
  for (const auto& planned : plan.objects) {
    if (!of_stage(planned)) continue;
    auto restoring = restore_object(planned);
    co_await std::move(restoring);
    step.progress(++done, all, "objects");
  }
  if (stage != Stage::definitions) co_return;
  for (const auto& planned : plan.objects) {
    if (stage_of(planned.object) != stage) continue;
    auto waiting = with_.rollout.wait_served(planned.object);
    co_await std::move(waiting);
  }
}

Task<> ClusterBackups::restore_volume(const ClusterBackup& backup, const SavedVolume& volume, std::string node,
                                      Context& step) {
  const auto name = restored_name(backup.id, volume.space, volume.claim);
  auto starting = with_.engine.exec_stream(unpack_script(node, restored_folder(volume.object, name)));
  const auto script = co_await std::move(starting);
  ScriptEnd end;
  auto unpacking = transfer_.restore(*script, archive_of(folder_, backup, volume), volume.content.bytes, end, step);
  co_await std::move(unpacking);
  if (end.exit_code != 0)
    throw Error(ErrorCode::internal, "cannot restore the volume " + volume.space + '/' + volume.claim + " on " + node,
                "gf doctor", end.errors);
  auto creating = with_.kube.create(restored_volume(volume.object, name, node));
  co_await std::move(creating);
  addon::Volumes volumes(with_.kube, with_.engine, with_.clock, with_.nodes);
  auto waiting = volumes.wait_known(name);
  co_await std::move(waiting);
}

/// Before their claims, which nobody could give another volume then.
Task<> ClusterBackups::restore_volumes(const ClusterBackup& backup, const Plan& plan, Context& context) {
  const auto nodes = with_.nodes();
  std::vector<Json> placed;
  for (const auto& volume : plan.volumes) {
    auto asking = with_.kube.get("v1", "PersistentVolume", "", restored_name(backup.id, volume.space, volume.claim));
    if (const auto there = co_await std::move(asking)) {
      placed.push_back(*there);
      continue;
    }
    if (nodes.empty()) throw Error(ErrorCode::cluster_unavailable, "cannot find a node for the volumes", "gf status");
    auto node = snapshot::place_of(volume.claim, volume.object).node;
    if (std::ranges::find(nodes, node) == nodes.end()) node = addon::node_for_next(nodes, placed, placed.size());
    placed.push_back(restored_volume(volume.object, restored_name(backup.id, volume.space, volume.claim), node));
    std::function<Task<>(Context&)> body = [&](Context& step) { return restore_volume(backup, volume, node, step); };
    auto stepping = run_step(context, "restore the volume " + volume.space + '/' + volume.claim, body);
    co_await std::move(stepping);
  }
}

Task<Json> ClusterBackups::run_restore(Json parameters, Context& context) {
  auto waiting = with_.mirror.wait_synced();
  co_await std::move(waiting);
  const auto id = parameters.at("id").get<std::string>();
  auto listing = backups();
  const auto all = co_await std::move(listing);
  const auto found = std::ranges::find(all, id, &ClusterBackup::id);
  if (found == all.end())
    throw Error(ErrorCode::not_found, "cannot find a backup of the cluster of " + id, "gf backup list");
  const auto& backup = *found;
  Plan plan;
  std::function<Task<>(Context&)> checking = [&](Context& step) { return check(backup, step); };
  auto checked = run_step(context, "check the backup", checking);
  co_await std::move(checked);
  const bool force = parameters.at("force").get<bool>();
  std::function<Task<>(Context&)> comparing = [&](Context& step) { return compare(backup, force, plan, step); };
  auto compared = run_step(context, "compare it with the cluster", comparing);
  co_await std::move(compared);
  for (std::size_t i = 0; i < titles.size(); ++i) {
    const auto stage = static_cast<Stage>(i);
    if (stage == Stage::claims) {
      auto making = restore_volumes(backup, plan, context);
      co_await std::move(making);
    }
    std::function<Task<>(Context&)> body = [&](Context& step) { return restore_stage(stage, plan, step); };
    auto stepping = run_step(context, std::string("restore ") + titles[i], body);
    co_await std::move(stepping);
  }
  const auto count = [&](Action action) { return std::ranges::count(plan.objects, action, &Planned::action); };
  Json result;
  result["id"] = backup.id;
  result["created"] = count(Action::create);
  result["replaced"] = count(Action::replace);
  result["left"] = count(Action::leave);
  result["volumes"] = plan.volumes.size();
  co_return result;
}

}  // namespace gf::backup
