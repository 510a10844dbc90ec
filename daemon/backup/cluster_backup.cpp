#include "backup/cluster_backup.hpp"

#include <algorithm>

#include "backup/retention.hpp"
#include "protocol/error.hpp"

namespace gf::backup {

namespace fs = std::filesystem;

namespace {

constexpr const char* description = "backup.json";

Json volume_json(const SavedVolume& volume) {
  return Json{{"namespace", volume.space}, {"claim", volume.claim},         {"state", volume.state},
              {"object", volume.object},   {"bytes", volume.content.bytes}, {"sha256", volume.content.sha256},
              {"linked", volume.linked}};
}

SavedVolume volume_from_json(const Json& value) {
  SavedVolume volume;
  volume.space = value.at("namespace");
  volume.claim = value.at("claim");
  volume.state = value.at("state");
  volume.object = value.at("object");
  volume.content = {value.at("bytes"), value.at("sha256")};
  volume.linked = value.at("linked");
  return volume;
}

}  // namespace

std::uint64_t ClusterBackup::bytes(bool linked) const {
  std::uint64_t sum = linked ? 0 : objects.bytes;
  for (const auto& volume : volumes)
    if (volume.linked == linked) sum += volume.content.bytes;
  return sum;
}

Json to_json(const ClusterBackup& backup) {
  Json value{{"id", backup.id},
             {"kubernetes", backup.kubernetes},
             {"began", backup.began},
             {"ended", backup.ended},
             {"scheduled", backup.scheduled},
             {"full", backup.full},
             {"left_out", backup.left_out},
             {"bytes_copied", backup.bytes(false)},
             {"bytes_linked", backup.bytes(true)}};
  value["objects"] = {{"count", backup.count}, {"bytes", backup.objects.bytes}, {"sha256", backup.objects.sha256}};
  value["volumes"] = Json::array();
  for (const auto& volume : backup.volumes) value["volumes"].push_back(volume_json(volume));
  return value;
}

ClusterBackup cluster_backup_from_json(const Json& value) {
  ClusterBackup backup;
  backup.id = value.at("id");
  backup.kubernetes = value.at("kubernetes");
  backup.began = value.at("began");
  backup.ended = value.at("ended");
  backup.scheduled = value.at("scheduled");
  backup.full = value.at("full");
  backup.left_out = value.at("left_out").get<std::vector<std::string>>();
  const auto& objects = value.at("objects");
  backup.count = objects.at("count");
  backup.objects = {objects.at("bytes"), objects.at("sha256")};
  for (const auto& one : value.at("volumes")) backup.volumes.push_back(volume_from_json(one));
  return backup;
}

bool full_is_due(const std::vector<ClusterBackup>& backups, double now) {
  return std::ranges::none_of(backups,
                              [&](const ClusterBackup& one) { return one.full && week_of(one.began) == week_of(now); });
}

fs::path objects_of(const fs::path& folder, const ClusterBackup& backup) {
  return folder / backup.id / "objects.ndjson";
}

fs::path archive_of(const fs::path& folder, const ClusterBackup& backup, const SavedVolume& volume) {
  return folder / backup.id / "volumes" / volume.space / (volume.claim + ".tar");
}

std::vector<ClusterBackup> cluster_backups(FileSystem& files, const fs::path& folder) {
  std::vector<ClusterBackup> found;
  for (const auto& place : files.list(folder)) {
    const auto text = files.read(place / description);
    if (!text) continue;
    try {
      auto backup = cluster_backup_from_json(Json::parse(*text));
      if (backup.id == place.filename()) found.push_back(std::move(backup));
    } catch (const Json::exception&) {
      // Not ours: neither listed nor touched.
    }
  }
  std::ranges::stable_sort(found, {}, &ClusterBackup::began);
  return found;
}

std::string free_id(FileSystem& files, const fs::path& folder, const ClusterBackup& backup) {
  double seconds = backup.began;
  auto id = id_of(seconds);
  while (files.read(folder / id / description)) id = id_of(++seconds);
  return id;
}

void describe(FileSystem& files, const fs::path& folder, const ClusterBackup& backup) {
  files.write_atomically(folder / backup.id / description, dump(to_json(backup), 1) + '\n');
}

void remove(FileSystem& files, const fs::path& folder, const ClusterBackup& backup) {
  files.remove(folder / backup.id / description);  // first: what is left of the others is swept
  files.remove(folder / backup.id);
}

void sweep_cluster_backups(FileSystem& files, const fs::path& folder) {
  for (const auto& place : files.list(folder))
    if (!files.read(place / description)) files.remove(place);
}

}  // namespace gf::backup
