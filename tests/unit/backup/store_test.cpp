#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>

#include "backup/store.hpp"
#include "protocol/error.hpp"
#include "support/memory_file_system.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace gf;
using namespace gf::backup;

constexpr double began = 1764547200;

Backup begun(const std::string& addon = "redis") {
  Backup one;
  one.project = "shop";
  one.addon = addon;
  one.version = "8.0";
  one.profile = "dev";
  one.extension = "resp";
  one.began = began;
  return one;
}

Backup save(FileSystem& files, const std::filesystem::path& folder, const std::string& bytes) {
  Sink sink(files, folder, begun());
  sink.file().write(bytes);
  return sink.finish(began + 2);
}

}  // namespace

TEST_CASE("store: a backup is there when it is whole, with its size and digest") {
  test::MemoryFileSystem files;
  const auto one = save(files, "/b", "content");
  CHECK(one.id == "20251201T000000Z");
  CHECK(one.bytes == 7);
  CHECK(one.sha256 == sha256_hex("content"));
  const auto listed = list(files, "/b", "shop");
  REQUIRE(listed.size() == 1);
  CHECK(to_json(listed[0]) == to_json(one));
  CHECK(files.files.at("/b/shop/redis/20251201T000000Z.resp") == "content");
}

TEST_CASE("store: two of the same second have ids of their own") {
  test::MemoryFileSystem files;
  save(files, "/b", "one");
  CHECK(save(files, "/b", "two").id == "20251201T000001Z");
}

TEST_CASE("store: one that is not finished leaves nothing") {
  test::MemoryFileSystem files;
  {
    Sink sink(files, "/b", begun());
    sink.file().write("half");
    CHECK(files.files.contains("/b/shop/redis/20251201T000000Z.resp.part"));
  }
  CHECK(files.files.empty());
}

TEST_CASE("store: a full disk leaves nothing, at whichever write") {
  for (int writes = 0; writes < 4; ++writes) {
    test::MemoryFileSystem files;
    files.fail_after = writes;
    CHECK_THROWS_AS(save(files, "/b", "content"), Error);
    CHECK(list(files, "/b", "shop").empty());
    files.fail_after = -1;
    sweep(files, "/b");
    CHECK(files.files.empty());
  }
}

TEST_CASE("store: what a crash left is swept, and whole ones are not") {
  test::MemoryFileSystem files;
  save(files, "/b", "content");
  const auto before = files.files;
  files.files["/b/shop/redis/20251202T000000Z.resp.part"] = "half";
  files.files["/b/shop/redis/20251203T000000Z.resp"] = "whole but not described";
  sweep(files, "/b");
  CHECK(files.files == before);
}

TEST_CASE("store: descriptions that are not ours are left alone") {
  test::MemoryFileSystem files;
  files.files["/b/shop/redis/notes.json"] = "{}";
  sweep(files, "/b");
  CHECK(list(files, "/b", "shop").empty());
  CHECK(files.files.size() == 1);
}

TEST_CASE("store: a removed one is gone") {
  test::MemoryFileSystem files;
  const auto one = save(files, "/b", "content");
  remove(files, "/b", one);
  CHECK(files.files.empty());
}

TEST_CASE("store: files are for their owner only") {
  test::TemporaryFolder folder;
  PosixFileSystem files;
  const auto one = save(files, folder.path() / "backups", "content");
  struct stat about {};
  REQUIRE(::stat(place_of(folder.path() / "backups", one).c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  REQUIRE(::stat((folder.path() / "backups/shop").c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0700);
}

TEST_CASE("store: a file is read piece by piece") {
  test::TemporaryFolder folder;
  const auto path = folder.path() / "file";
  std::ofstream(path) << std::string(piece_bytes + 5, 'x');
  CHECK(read_piece(path, 0).size() == piece_bytes);
  CHECK(read_piece(path, piece_bytes) == "xxxxx");
  CHECK(read_piece(path, piece_bytes + 5).empty());
  CHECK_THROWS_AS(read_piece(folder.path() / "absent", 0), Error);
}
