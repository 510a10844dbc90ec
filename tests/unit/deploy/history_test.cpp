#include "deploy/history.hpp"

#include <doctest/doctest.h>

#include "protocol/error.hpp"
#include "support/manual_clock.hpp"
#include "support/memory_file_system.hpp"

using namespace gf;
using namespace gf::deploy;

namespace {

Version version(const std::string& key, std::map<std::string, double> branches) {
  Version one;
  one.image = {"greenfield-app/shop-api:" + key, key};
  one.branches = std::move(branches);
  return one;
}

std::string listed(const std::set<std::string>& references) {
  std::string text;
  for (const auto& one : references) text += (text.empty() ? "" : " ") + one.substr(one.find(':') + 1);
  return text;
}

struct Fixture {
  test::ManualClock clock;
  test::MemoryFileSystem files;
  History history{clock, state::Document(files, "/history.json")};

  static BuiltImage image(const std::string& key) { return {"greenfield-app/shop-api:" + key, key}; }
  void note(const std::string& key, const std::string& branch = "main") {
    clock.advance(std::chrono::seconds(1));
    source::Snapshot seen;
    seen.tree = std::make_shared<const source::Tree>();
    seen.head = {branch, "0123456789abcdef", false};
    history.note("shop", "api", image(key), seen);
  }
  void serve(const std::string& key, const std::string& passed_over = {}) {
    history.start("shop", "api", image(key));
    history.serve("shop", "api", {image(key), passed_over});
  }
  std::string refusal(const std::string& prefix) {
    try {
      history.one("shop", "api", prefix);
    } catch (const Error& error) {
      return error.message() + '\n' + error.cause();
    }
    return "found";
  }
};

}  // namespace

TEST_CASE("of each branch the last three versions are pinned, whatever other branches have") {
  struct Row {
    std::vector<Version> versions;
    const char* expected;
  };
  const Row rows[] = {
      {{}, ""},
      {{version("a", {{"main", 1}})}, "a"},
      {{version("a", {{"main", 1}}), version("b", {{"main", 2}}), version("c", {{"main", 3}}),
        version("d", {{"main", 4}})},
       "b c d"},
      {{version("a", {{"main", 1}}), version("b", {{"main", 2}}), version("c", {{"main", 3}}),
        version("d", {{"main", 4}}), version("e", {{"topic", 5}}), version("f", {{"", 6}})},
       "b c d e f"},
      // The same version on two branches, asked for long ago on one of them.
      {{version("a", {{"main", 1}, {"topic", 9}}), version("b", {{"main", 2}}), version("c", {{"main", 3}}),
        version("d", {{"main", 4}})},
       "a b c d"},
  };
  for (const auto& row : rows) CHECK(listed(pinned(row.versions)) == row.expected);
}

TEST_CASE("the history outlives the daemon, damaged files and odd words do not") {
  Fixture f;
  f.note("a");
  f.serve("a");
  f.note("b", "topic");
  f.history.start("shop", "api", Fixture::image("b"));
  f.history.fail("shop", "api", "b", "cannot start api");
  History again(f.clock, state::Document(f.files, "/history.json"));
  const auto versions = again.versions("shop", "api");
  REQUIRE(versions.size() == 2);
  CHECK(to_json(versions.at(0)) == to_json(f.history.versions("shop", "api").at(0)));
  CHECK(versions.at(0).outcome == Outcome::failed);
  CHECK(versions.at(0).reason == "cannot start api");
  CHECK(branch_of(versions.at(0)) == "topic");
  CHECK(again.serving("shop", "api")->image.key == "a");
  CHECK(again.last_use("greenfield-app/shop-api:a") > 0);
  CHECK(again.last_use("greenfield-app/shop-api:x") == 0);

  f.files.files["/history.json"] = R"({"version": 1, "contents": {"shop/api": [{"outcome": "odd"}]}})";
  History damaged(f.clock, state::Document(f.files, "/history.json"));
  CHECK(damaged.versions("shop", "api").empty());
  CHECK_FALSE(damaged.warning().empty());
}

TEST_CASE("a version that comes in again is one version, and the newest") {
  Fixture f;
  f.note("a");
  f.serve("a");
  f.note("b");
  f.serve("b");
  f.note("a", "topic");
  f.serve("a");
  const auto versions = f.history.versions("shop", "api");
  REQUIRE(versions.size() == 2);
  CHECK(versions.at(0).image.key == "a");
  CHECK(versions.at(0).branches.size() == 2);
  CHECK(versions.at(1).outcome == Outcome::replaced);
}

TEST_CASE("only so many versions are kept") {
  Fixture f;
  for (std::size_t i = 0; i < kept_versions + 5; ++i) f.note("v" + std::to_string(i));
  const auto versions = f.history.versions("shop", "api");
  CHECK(versions.size() == kept_versions);
  CHECK(versions.front().image.key == "v" + std::to_string(kept_versions + 4));
}

TEST_CASE("of what was left starting by a killed daemon it is told what became of it") {
  Fixture f;
  f.note("a");
  f.serve("a");
  f.history.start("shop", "api", Fixture::image("b"));
  f.history.settle("shop", "api", {Fixture::image("b"), {}});
  CHECK(f.history.find("shop", "api", "b")->outcome == Outcome::starting);
  f.history.settle("shop", "api", {Fixture::image("a"), "b"});
  CHECK(f.history.find("shop", "api", "b")->outcome == Outcome::failed);
  f.history.start("shop", "api", Fixture::image("c"));
  f.history.settle("shop", "api", {Fixture::image("a"), {}});
  CHECK(f.history.find("shop", "api", "c")->outcome == Outcome::superseded);
}

TEST_CASE("a version is named by how it begins, and refused with those that there are") {
  Fixture f;
  CHECK(f.refusal("a") == "cannot find a version of api that begins with 'a'\nthere is none");
  f.note("ab1");
  f.note("ab2");
  CHECK(f.history.one("shop", "api", "ab1").image.key == "ab1");
  f.note("ab1x");
  CHECK(f.history.one("shop", "api", "ab1").image.key == "ab1");  // just as it is named
  CHECK(f.refusal("ab") == "cannot find just one version of api that begins with 'ab'\nthere are: ab1x, ab2, ab1");
  CHECK(f.refusal("x") == "cannot find a version of api that begins with 'x'\nthere are: ab1x, ab2, ab1");
}

TEST_CASE("a project that is removed has no history; another whose name begins with its own keeps it") {
  Fixture f;
  f.note("a");
  f.history.start("shopping", "api", Fixture::image("x"));
  f.history.forget("shop");
  CHECK(f.history.versions("shop", "api").empty());
  CHECK(f.history.versions("shopping", "api").size() == 1);
}
