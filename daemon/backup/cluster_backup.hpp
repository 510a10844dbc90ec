#pragma once
#include <vector>

#include "backup/store.hpp"

// The backups of the cluster on this machine: <folder>/<id>/ with objects.ndjson, volumes/<namespace>/<claim>.tar and
// backup.json, which is written last: without it there is no backup. Each is complete by itself. What touches files
// blocks, and is called through offload().
namespace gf::backup {

/// What a claim's volume held.
struct SavedVolume {
  std::string space, claim;
  std::string state;    ///< of its files before they were copied: another as soon as one of them changes
  Json object;          ///< the PersistentVolume, cleaned
  Content content;      ///< of the archive
  bool linked = false;  ///< nothing had changed: the archive is that of the backup before
};

struct ClusterBackup {
  std::string id;          ///< when it began, UTC: "20261124T031500Z"
  std::string kubernetes;  ///< the version of the cluster
  double began = 0, ended = 0;
  bool scheduled = false;   ///< made by the schedule, which therefore also removes it
  bool full = false;        ///< all was copied, also what had not changed
  std::uint64_t count = 0;  ///< of objects
  Content objects;
  std::vector<SavedVolume> volumes;
  std::vector<std::string> left_out;  ///< claims whose volume is no folder on a node: no content was saved

  /// Of all its files: those that were copied, or those that are the former backup's too.
  std::uint64_t bytes(bool linked) const;
};

Json to_json(const ClusterBackup& backup);
/// Throws Json::exception for another shape.
ClusterBackup cluster_backup_from_json(const Json& value);

/// Pure: whether none of `backups` is a full one of the week that `now` lies in.
bool full_is_due(const std::vector<ClusterBackup>& backups, double now);

std::filesystem::path objects_of(const std::filesystem::path& folder, const ClusterBackup& backup);
std::filesystem::path archive_of(const std::filesystem::path& folder, const ClusterBackup& backup,
                                 const SavedVolume& volume);

/// Those that are whole, the oldest first.
std::vector<ClusterBackup> cluster_backups(FileSystem& files, const std::filesystem::path& folder);
/// The first free id from when `backup` began.
std::string free_id(FileSystem& files, const std::filesystem::path& folder, const ClusterBackup& backup);
/// From here on it is there.
void describe(FileSystem& files, const std::filesystem::path& folder, const ClusterBackup& backup);
void remove(FileSystem& files, const std::filesystem::path& folder, const ClusterBackup& backup);
/// Removes what a crash left behind. Nothing may be written there at this time.
void sweep_cluster_backups(FileSystem& files, const std::filesystem::path& folder);

}  // namespace gf::backup
