#include <doctest/doctest.h>

#include <fstream>

#include "model/world.hpp"

// Somebody else's hand in a container, and what is said and done about it. Everything from the snapshot on is real.
using namespace gf;
using namespace gf::model;
using deploy::Drift;
using State = deploy::Verdict::State;
namespace fs = std::filesystem;

namespace {

void put(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}
std::string get(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> named(const deploy::Verdict& verdict) {
  std::vector<std::string> all;
  for (const auto& file : verdict.files) all.push_back(std::string(name(file.drift)) + ' ' + file.place);
  return all;
}

}  // namespace

TEST_CASE("replicas that hold the checkout are identical, with its tree") {
  World world;
  REQUIRE(world.settle() == "");
  const auto verdicts = world.cluster().verify(false);
  REQUIRE(verdicts.size() == Cluster::nodes);
  for (const auto& verdict : verdicts) {
    CHECK(verdict.state == State::identical);
    CHECK(verdict.tree.size() == 64);
    CHECK(verdict.tree == verdicts.front().tree);
    CHECK(verdict.files.empty());
  }
}

TEST_CASE("an edit within a container is named, stays without a word of repair, and goes with one") {
  World world;
  REQUIRE(world.settle() == "");
  const auto saves = world.cluster().saves();
  const auto files = world.cluster().node(0).files();
  put(files / "src/a", "edited");
  fs::remove(files / "src/c d");
  fs::permissions(files / "all/dir/a", fs::perms::owner_all);
  fs::remove(files / "all/lib");
  fs::create_directory_symlink("/etc", files / "all/lib");
  const std::vector<std::string> expected{"differs /srv/all/dir/a", "differs /srv/all/lib", "differs /srv/src/a",
                                          "lacks /srv/src/c d"};
  auto verdicts = world.cluster().verify(false);
  CHECK(verdicts[0].state == State::drifted);
  CHECK(named(verdicts[0]) == expected);
  CHECK(verdicts[1].state == State::identical);
  CHECK(get(files / "src/a") == "edited");
  verdicts = world.cluster().verify(true);
  CHECK(verdicts[0].state == State::repaired);
  CHECK(named(verdicts[0]) == expected);
  CHECK(verdicts[1].state == State::identical);
  CHECK(world.settle() == "");  // with the program's own file in its place
  CHECK(world.cluster().verify(false)[0].state == State::identical);
  CHECK(world.cluster().saves() == saves);  // a repair is no save
}

TEST_CASE("what the checkout has deleted and somebody puts back is surplus where the image had it") {
  World world;
  REQUIRE(world.settle() == "");
  fs::remove(world.root() / "dir/b");
  REQUIRE(world.settle() == "");
  const auto files = world.cluster().node(1).files();
  put(files / "all/dir/b", "back again");
  const auto verdicts = world.cluster().verify(true);
  CHECK(verdicts[0].state == State::identical);
  CHECK(verdicts[1].state == State::repaired);
  CHECK(named(verdicts[1]) == std::vector<std::string>{"surplus /srv/all/dir/b"});
  CHECK_FALSE(fs::exists(files / "all/dir/b"));
}

TEST_CASE("a comparison waits for the end of a sync and of a restart") {
  World world;
  REQUIRE(world.settle() == "");
  put(world.root() / "src/large", std::string(300'000, 'x'));
  world.cluster().node(0).plan(Fault::kill_agent, 100'000);
  world.cluster().node(1).plan(Fault::restart_container, 100'000);
  for (int i = 0; i < 10'000 && world.cluster().node(1).awaits_fault(); ++i) world.turn(std::chrono::milliseconds(1));
  for (const auto& verdict : world.cluster().verify(false)) {
    CHECK(verdict.reason == "");
    CHECK(verdict.state == State::identical);
  }
  CHECK(world.settle() == "");
}

TEST_CASE("a container that was started again gets no requests before it holds the checkout") {
  std::vector<std::string> gates;
  World world;
  REQUIRE(world.settle() == "");
  put(world.root() / "src/a", "of the checkout");
  REQUIRE(world.settle() == "");
  world.cluster().on_gate([&](std::size_t node, bool open) {
    if (node == 0)
      gates.push_back((open ? "open with " : "shut with ") + get(world.cluster().node(0).files() / "src/a"));
  });
  world.cluster().node(0).plan(Fault::restart_container, 10);
  put(world.root() / "b", "what lets it strike");
  for (int i = 0; i < 10'000 && world.cluster().node(0).awaits_fault(); ++i) world.turn(std::chrono::milliseconds(1));
  REQUIRE(world.settle() == "");
  CHECK(gates == std::vector<std::string>{"shut with first src/a", "open with of the checkout"});
  CHECK(world.cluster().verify(false)[0].state == State::identical);
}

TEST_CASE(
    "where the checkout is mounted nothing is written, no gate is touched, and a change has reached all at once") {
  std::size_t gates = 0;
  World world(true);
  world.cluster().on_gate([&](std::size_t, bool) { ++gates; });
  const auto arrives = [&](std::size_t saves) {
    for (int i = 0; i < 10'000 && !(world.cluster().synced() && world.cluster().saves() == saves); ++i)
      world.turn(std::chrono::milliseconds(1));
    return world.cluster().synced() && world.cluster().saves() == saves;
  };
  CHECK(arrives(0));
  put(world.root() / "src/a", "changed");
  CHECK(arrives(1));
  CHECK(get(world.cluster().node(0).files() / "src/a") == "first src/a");
  CHECK(gates == 0);
  // Here nothing is mounted in truth: the comparison tells, and does not write either.
  const auto verdicts = world.cluster().verify(true);
  CHECK(verdicts[0].state == State::drifted);
  CHECK(verdicts[0].reason.find("only a new pod") != std::string::npos);
  CHECK(get(world.cluster().node(0).files() / "src/a") == "first src/a");
}
