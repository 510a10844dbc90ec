#include <doctest/doctest.h>

#include <fstream>

#include "model/world.hpp"

// What random steps find now and then, each by itself: a sync that does not end leaves a container in a state that is
// neither the former nor the wanted one, and what is wanted may have changed when it is there again.
using namespace gf::model;
namespace fs = std::filesystem;

namespace {

void put(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

void put_large(const World& world) { put(world.root() / "src/large", std::string(300'000, 'x')); }

struct Row {
  std::string name;
  void (*change)(const fs::path& root);
  void (*undo)(const fs::path& root);
};
const Row rows[] = {
    {"a new file goes again", [](const fs::path& root) { put(root / "0 new", "1"); },
     [](const fs::path& root) { fs::remove(root / "0 new"); }},
    {"changed contents come back", [](const fs::path& root) { put(root / "a", "changed"); },
     [](const fs::path& root) { put(root / "a", "first a"); }},
    {"a folder becomes a link and a folder again",
     [](const fs::path& root) {
       fs::rename(root / "dir", root / "other");
       fs::create_directory_symlink("other", root / "dir");
     },
     [](const fs::path& root) {
       fs::remove(root / "dir");
       fs::rename(root / "other", root / "dir");
     }},
    {"a folder becomes a link that leads out, and a folder again",
     [](const fs::path& root) {
       fs::rename(root / "dir", root / "../dir");
       fs::create_directory_symlink("../dir", root / "dir");
     },
     [](const fs::path& root) {
       fs::remove(root / "dir");
       fs::rename(root / "../dir", root / "dir");
     }},
    {"a link becomes a folder with the same files, and a link again",
     [](const fs::path& root) {
       fs::remove(root / "lib");
       fs::copy(root / "dir", root / "lib", fs::copy_options::recursive);
     },
     [](const fs::path& root) {
       fs::remove_all(root / "lib");
       fs::create_directory_symlink("dir", root / "lib");
     }},
};

/// Lets the fault strike, in the middle of the large file's contents.
void await_fault(World& world) {
  for (int i = 0; i < 10'000 && world.cluster().node(0).awaits_fault(); ++i) world.turn(std::chrono::milliseconds(1));
  CHECK_FALSE(world.cluster().node(0).awaits_fault());
}

}  // namespace

TEST_CASE("what an interrupted sync wrote is put right, whether it is still wanted or not") {
  for (const auto fault : {Fault::cut_stream, Fault::kill_agent, Fault::restart_container})
    for (const auto& row : rows)
      for (const bool undone : {true, false}) {
        CAPTURE(row.name);
        CAPTURE(undone);
        CAPTURE(static_cast<int>(fault));
        World world;
        REQUIRE(world.settle() == "");
        world.cluster().node(0).plan(fault, 100'000);
        row.change(world.root());
        put_large(world);
        await_fault(world);
        if (undone) {
          fs::remove(world.root() / "src/large");
          row.undo(world.root());
        }
        CHECK(world.settle() == "");
      }
}

TEST_CASE("a container that starts with the image's files is compared by what they will be") {
  for (const auto& row : rows) {
    CAPTURE(row.name);
    World world;
    row.change(world.root());
    REQUIRE(world.settle() == "");
    put(world.root() / "b", "next");
    world.cluster().node(0).plan(Fault::restart_container, 10);
    await_fault(world);
    CHECK(world.settle() == "");
    row.undo(world.root());
    CHECK(world.settle() == "");
  }
}

TEST_CASE("a full disk is said, and what is missing comes once there is space") {
  World world;
  REQUIRE(world.settle() == "");
  world.cluster().node(0).plan(Fault::fill_disk, 10);
  put_large(world);
  await_fault(world);
  for (int i = 0; i < 10'000 && world.cluster().warning().empty(); ++i) world.turn(std::chrono::milliseconds(1));
  CHECK(world.cluster().warning().find("cannot write \"src/large\" in /srv/all") != std::string::npos);
  fs::remove(world.root() / "src/a");
  CHECK(world.settle() == "");
}
