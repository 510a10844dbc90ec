#include "backup/cluster_backup.hpp"

#include <doctest/doctest.h>

#include "backup/retention.hpp"
#include "support/memory_file_system.hpp"

namespace {

using namespace gf;
using namespace gf::backup;

constexpr double day = 24 * 60 * 60;
constexpr double monday = 1764547200;  // 2025-12-01T00:00:00Z

ClusterBackup made(double began, bool full = false, bool scheduled = true) {
  ClusterBackup backup;
  backup.id = id_of(began);
  backup.kubernetes = "v1.33.1";
  backup.began = began;
  backup.ended = began + 3;
  backup.full = full;
  backup.scheduled = scheduled;
  backup.count = 2;
  backup.objects = {10, "a"};
  SavedVolume volume;
  volume.space = "team";
  volume.claim = "data";
  volume.state = "s";
  volume.object = Json{{"kind", "PersistentVolume"}};
  volume.content = {100, "b"};
  backup.volumes.push_back(volume);
  volume.claim = "more";
  volume.linked = true;
  volume.content = {1000, "c"};
  backup.volumes.push_back(volume);
  backup.left_out = {"team/remote"};
  return backup;
}

/// As a save leaves it.
ClusterBackup save(FileSystem& files, const ClusterBackup& backup) {
  files.append(objects_of("/b", backup), "{}\n", true);
  for (const auto& volume : backup.volumes) files.append(archive_of("/b", backup, volume), "tar", true);
  describe(files, "/b", backup);
  return backup;
}

}  // namespace

TEST_CASE("cluster backup: what is described is there, with all that was said of it") {
  test::MemoryFileSystem files;
  const auto one = save(files, made(monday));
  const auto listed = cluster_backups(files, "/b");
  REQUIRE(listed.size() == 1);
  CHECK(to_json(listed[0]) == to_json(one));
  CHECK(files.files.contains("/b/20251201T000000Z/volumes/team/data.tar"));
  CHECK(free_id(files, "/b", one) == "20251201T000001Z");
}

TEST_CASE("cluster backup: bytes that were copied are told apart from those that were there") {
  const auto json = to_json(made(monday));
  CHECK(json["bytes_copied"] == 110);
  CHECK(json["bytes_linked"] == 1000);
}

TEST_CASE("cluster backup: what a crash left is swept, whole ones and what is not ours stay") {
  test::MemoryFileSystem files;
  save(files, made(monday));
  files.files["/b/notes/backup.json"] = "{}";
  const auto before = files.files;
  files.files["/b/20251202T000000Z/objects.ndjson.part"] = "half";
  files.files["/b/20251203T000000Z/volumes/team/data.tar"] = "not described";
  sweep_cluster_backups(files, "/b");
  CHECK(files.files == before);
  CHECK(cluster_backups(files, "/b").size() == 1);
}

TEST_CASE("cluster backup: a removed one is gone, the files of another stay") {
  test::MemoryFileSystem files;
  const auto first = save(files, made(monday)), second = save(files, made(monday + day));
  remove(files, "/b", first);
  const auto listed = cluster_backups(files, "/b");
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].id == second.id);
  CHECK(files.files.contains(archive_of("/b", second, second.volumes[0])));
}

TEST_CASE("cluster backup: the first of each week is a full one") {
  CHECK(full_is_due({}, monday));
  CHECK(full_is_due({made(monday - 1, true)}, monday));
  CHECK(full_is_due({made(monday)}, monday + day));
  CHECK_FALSE(full_is_due({made(monday, true), made(monday + day)}, monday + 6.9 * day));
}

TEST_CASE("cluster backup: the schedule removes its own, by days and weeks") {
  std::vector<ClusterBackup> all;
  for (int age = 60; age >= 0; --age) all.push_back(made(monday + (3 - age) * day));
  all.push_back(made(monday - 50 * day + 60, true, false));  // a time, and so a name, of its own
  const auto gone = expired(all, monday + 3 * day);
  CHECK(gone.size() == 61 - 7 - 2);
  for (const auto& one : gone) CHECK(one.scheduled);
}
