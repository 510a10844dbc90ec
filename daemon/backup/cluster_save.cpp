#include <algorithm>
#include <cmath>
#include <set>

#include "backup/cluster_backups.hpp"
#include "backup/cluster_volume.hpp"
#include "backup/retention.hpp"
#include "protocol/error.hpp"
#include "snapshot/node_script.hpp"

// How the cluster's state gets into files, step by step.
namespace gf::backup {

using operation::Context;
using operation::run_step;

namespace {

// No name of a snapshot: those have no dot.
constexpr const char* copies = ".cluster-backup";

std::string free_id_of(FileSystem* files, std::filesystem::path folder, ClusterBackup backup) {
  return free_id(*files, folder, backup);
}

void describe_whole(FileSystem* files, std::filesystem::path folder, ClusterBackup backup) {
  describe(*files, folder, backup);
}

void remove_half(FileSystem* files, std::filesystem::path folder) { sweep_cluster_backups(*files, folder); }

std::shared_ptr<FileSink> open_file(FileSystem* files, std::filesystem::path place) {
  return std::make_shared<FileSink>(*files, std::move(place));
}

void write_lines(std::shared_ptr<FileSink> sink, std::string lines) { sink->write(lines); }

Content finish_file(std::shared_ptr<FileSink> sink) { return sink->finish(); }

/// Whether the archive of the former backup was there to be linked.
bool link_archive(FileSystem* files, std::filesystem::path from, std::filesystem::path to, std::uint64_t bytes) {
  std::error_code absent;
  if (std::filesystem::file_size(from, absent) != bytes || absent) return false;
  files->link(from, to);
  return true;
}

std::vector<std::string> remove_expired_of(FileSystem* files, std::filesystem::path folder, double now) {
  std::vector<std::string> removed;
  for (const auto& one : expired(cluster_backups(*files, folder), now)) {
    remove(*files, folder, one);
    removed.push_back(one.id);
  }
  return removed;
}

bool is_folder(const std::string& claim, const Json& volume) {
  try {
    snapshot::place_of(claim, volume);
    return true;
  } catch (const Error&) {
    return false;
  }
}

std::string title_of(const SavedVolume& volume) { return volume.space + '/' + volume.claim; }

const SavedVolume* find(const ClusterBackup* backup, const SavedVolume& volume) {
  if (!backup) return nullptr;
  const auto same = [&](const SavedVolume& one) { return one.space == volume.space && one.claim == volume.claim; };
  const auto found = std::ranges::find_if(backup->volumes, same);
  return found == backup->volumes.end() ? nullptr : &*found;
}

}  // namespace

Task<> ClusterBackups::find_volumes(ClusterBackup& backup) {
  auto asking = with_.kube.list("v1", "Node", "", "");
  const auto nodes = co_await std::move(asking);
  if (!nodes.empty()) backup.kubernetes = nodes.front().value("/status/nodeInfo/kubeletVersion"_json_pointer, "");
  auto listing = with_.kube.list("v1", "PersistentVolume", "", "");
  auto volumes = co_await std::move(listing);
  for (auto& object : volumes) {
    if (object.value("/status/phase"_json_pointer, "") != "Bound") continue;
    SavedVolume volume;
    volume.space = object.value("/spec/claimRef/namespace"_json_pointer, "");
    volume.claim = object.value("/spec/claimRef/name"_json_pointer, "");
    volume.object = cleaned(std::move(object));
    if (is_folder(volume.claim, volume.object))
      backup.volumes.push_back(std::move(volume));
    else
      backup.left_out.push_back(title_of(volume));
  }
}

/// A kind at a time: no more than the objects of one are held at once.
Task<> ClusterBackups::save_objects(ClusterBackup& backup, Context& step) {
  std::set<std::string> saved_volumes;  // made anew for their claims
  for (const auto& volume : backup.volumes) saved_volumes.insert(name_of(volume.object));
  auto opening = offload(with_.workers, &open_file, &with_.files, objects_of(folder_, backup));
  const auto sink = co_await std::move(opening);
  auto asking = with_.kube.kinds();
  const auto kinds = co_await std::move(asking);
  for (const auto& one : kinds) {
    auto listing = with_.kube.list(one.api_version, one.kind, "", "");
    auto objects = co_await std::move(listing);
    std::string lines;
    for (auto& object : objects) {
      if (!belongs_in_backup(object) || saved_volumes.contains(name_of(object))) continue;
      lines += gf::dump(cleaned(std::move(object))) + '\n';
      ++backup.count;
    }
    auto writing = offload(with_.workers, &write_lines, sink, std::move(lines));
    co_await std::move(writing);
    step.progress(backup.count, 0, "objects");
  }
  auto finishing = offload(with_.workers, &finish_file, sink);
  backup.objects = co_await std::move(finishing);
}

/// As it is at an instant: copied on the node, as a snapshot is, and from there in its own time.
Task<> ClusterBackups::copy_volume(const ClusterBackup& backup, SavedVolume& volume, Context& step) {
  const auto place = snapshot::place_of(volume.claim, volume.object);
  const std::vector<snapshot::Volume> only{place};
  auto listing = with_.kube.list("v1", "Pod", volume.space, "");
  const auto pods = co_await std::move(listing);
  std::vector<const Json*> beside;
  for (const auto& pod : pods)
    if (pod.at("spec").value("nodeName", "") == place.node) beside.push_back(&pod);
  const auto copy = snapshot::folder_of(copies, volume.object.at("metadata").at("name").get<std::string>());
  auto saving = snapshot::run_script(
      with_.engine, with_.clock, snapshot::save_script(place.node, snapshot::containers_of(beside, only), only, copy),
      "cannot copy the volume " + title_of(volume) + " on " + place.node, step);
  const auto told = co_await std::move(saving);
  step.log("its pods stood still for " + std::to_string(std::lround(told.frozen_seconds * 1000)) + " ms");
  std::exception_ptr thrown;
  try {
    auto opening = offload(with_.workers, &open_file, &with_.files, archive_of(folder_, backup, volume));
    const auto sink = co_await std::move(opening);
    auto starting = with_.engine.exec_stream(archive_script(place.node, copy + '/' + volume.claim));
    const auto script = co_await std::move(starting);
    auto dumping = transfer_.dump(*script, sink, step);
    const auto end = co_await std::move(dumping);
    if (end.exit_code != 0)
      throw Error(ErrorCode::internal, "cannot read the copy of the volume " + title_of(volume), "gf doctor",
                  end.errors);
    auto finishing = offload(with_.workers, &finish_file, sink);
    volume.content = co_await std::move(finishing);
  } catch (...) {
    thrown = std::current_exception();
  }
  if (thrown) co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
  auto removing = snapshot::run_script(with_.engine, with_.clock, snapshot::remove_script(place.node, copy),
                                       "cannot remove the copy of the volume " + title_of(volume), step);
  co_await std::move(removing);
  if (thrown) std::rethrow_exception(thrown);
}

Task<> ClusterBackups::save_volume(const ClusterBackup& backup, SavedVolume& volume, const SavedVolume* before,
                                   std::filesystem::path archive_before, Context& step) {
  const auto place = snapshot::place_of(volume.claim, volume.object);
  auto looking = with_.engine.exec(state_script(place.node, place.path), "");
  const auto seen = co_await std::move(looking);
  if (seen.exit_code != 0)
    throw Error(ErrorCode::internal, "cannot read the volume " + title_of(volume) + " on " + place.node, "gf doctor",
                seen.errors);
  volume.state = seen.output.substr(0, seen.output.find('\n'));
  if (before && before->state == volume.state) {
    auto linking = offload(with_.workers, &link_archive, &with_.files, std::move(archive_before),
                           archive_of(folder_, backup, volume), before->content.bytes);
    volume.linked = co_await std::move(linking);
  }
  if (volume.linked) {
    volume.content = before->content;
    step.skip("nothing in it has changed");
    co_return;
  }
  auto copying = copy_volume(backup, volume, step);
  co_await std::move(copying);
}

Task<> ClusterBackups::save(ClusterBackup& backup, const ClusterBackup* former, Context& context) {
  auto finding = find_volumes(backup);
  co_await std::move(finding);
  for (const auto& claim : backup.left_out)
    context.log("the content of " + claim + " is left out: no folder on a node");
  std::function<Task<>(Context&)> objects = [&](Context& step) { return save_objects(backup, step); };
  auto saving = run_step(context, "save the objects", objects);
  co_await std::move(saving);
  for (auto& volume : backup.volumes) {
    const auto* before = find(former, volume);
    std::filesystem::path archive;
    if (before) archive = archive_of(folder_, *former, *before);
    std::function<Task<>(Context&)> body = [&](Context& step) {
      return save_volume(backup, volume, before, archive, step);
    };
    auto stepping = run_step(context, "save the volume " + title_of(volume), body);
    co_await std::move(stepping);
  }
  backup.ended = with_.clock.wall_seconds();
  auto describing = offload(with_.workers, &describe_whole, &with_.files, folder_, backup);
  co_await std::move(describing);
}

Task<> ClusterBackups::remove_expired(Context& context) {
  auto removing = offload(with_.workers, &remove_expired_of, &with_.files, folder_, with_.clock.wall_seconds());
  for (const auto& id : co_await std::move(removing)) context.log("removed " + id);
}

Task<Json> ClusterBackups::run_backup(Json parameters, Context& context) {
  auto waiting = with_.mirror.wait_synced();
  co_await std::move(waiting);
  auto listing = backups();
  const auto all = co_await std::move(listing);
  ClusterBackup backup;
  backup.began = with_.clock.wall_seconds();
  backup.scheduled = parameters.at("scheduled").get<bool>();
  backup.full =
      all.empty() || parameters.at("full").get<bool>() || (backup.scheduled && full_is_due(all, backup.began));
  auto naming = offload(with_.workers, &free_id_of, &with_.files, folder_, backup);
  backup.id = co_await std::move(naming);
  std::exception_ptr thrown;
  try {
    auto saving = save(backup, backup.full ? nullptr : &all.back(), context);
    co_await std::move(saving);
    if (backup.scheduled) {
      auto removing = remove_expired(context);
      co_await std::move(removing);
    }
  } catch (...) {
    thrown = std::current_exception();
  }
  if (!thrown) co_return to_json(backup);
  co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
  auto removing = offload(with_.workers, &remove_half, &with_.files, folder_);
  co_await std::move(removing);
  const auto error = error_from(thrown);
  if (backup.scheduled && error.code() != ErrorCode::cancelled) with_.warn("cluster", error.message());
  std::rethrow_exception(thrown);
}

}  // namespace gf::backup
