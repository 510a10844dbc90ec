#include "project/registry.hpp"

#include <doctest/doctest.h>

#include <set>

#include "project/checkout_name.hpp"
#include "protocol/error.hpp"
#include "support/memory_file_system.hpp"
#include "support/temporary_folder.hpp"

using namespace gf;
using namespace gf::project;

namespace {

constexpr const char* file = "/s/projects.json";

std::vector<std::string> names(const Registry& registry) {
  std::vector<std::string> all;
  for (const auto& one : registry.all()) all.push_back(one.name + (one.up ? "" : "-"));
  return all;
}

/// Folders that are there, and a registry of them.
struct Fixture {
  test::MemoryFileSystem files;
  test::TemporaryFolder folder;
  Registry registry{files, file};
  std::string at(const std::string& name) const {
    std::filesystem::create_directories(folder.path() / name);
    return (folder.path() / name).string();
  }
};

}  // namespace

TEST_CASE("a part of a name is made of whatever a folder is called") {
  const std::vector<std::pair<std::string, std::string>> rows = {{"feature", "feature"},
                                                                 {"Feature_X", "feature-x"},
                                                                 {"a..b  c", "a-b-c"},
                                                                 {"-x-", "x"},
                                                                 {"größer", "gr-er"},
                                                                 {"日本", ""},
                                                                 {"", ""},
                                                                 {"v1.2", "v1-2"},
                                                                 {"shop.worktrees", "shop-worktrees"}};
  for (const auto& [text, label] : rows) {
    CAPTURE(text);
    CHECK(as_label(text) == label);
  }
}

TEST_CASE("a checkout has its declared name, or that with its place while another one has it") {
  struct Row {
    std::string declared, place;
    std::set<std::string> taken;
    std::string name;
  };
  const std::vector<Row> rows = {
      {"shop", "feature", {}, "shop"},
      {"shop", "feature", {"other"}, "shop"},
      {"shop", "feature", {"shop"}, "shop-feature"},
      {"shop", "Feature/X", {"shop"}, "shop-feature-x"},
      {"shop", "feature", {"shop", "shop-feature"}, "shop-feature-2"},
      {"shop", "feature", {"shop", "shop-feature", "shop-feature-2"}, "shop-feature-3"},
      {"shop", "...", {"shop"}, "shop-2"},
      // 30 letters at most, and none ends with a '-'
      {"shop", "a-place-with-a-very-long-name", {"shop"}, "shop-a-place-with-a-very-long"},
      {"shop", "a-place-with-a-very-longe-name", {"shop"}, "shop-a-place-with-a-very-longe"},
      {"shop",
       "a-place-with-a-very-longe-name",
       {"shop", "shop-a-place-with-a-very-longe"},
       "shop-a-place-with-a-very-lon-2"},
      {"a2345678901234567890123456789x",
       "feature",
       {"a2345678901234567890123456789x"},
       "a234567890123456789012345678-2"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const auto name = checkout_name(row.declared, row.place, [&](const auto& one) { return row.taken.contains(one); });
    CHECK(name == row.name);
    CHECK(name.size() <= longest_name);
  }
}

TEST_CASE("a second checkout of a name is known by its place, for ever") {
  Fixture fixture;
  auto& registry = fixture.registry;
  const auto main = fixture.at("shop"), linked = fixture.at("feature");
  CHECK(registry.name_of(main, "shop", "shop") == "shop");
  registry.put({"shop", main, true, "shop"});
  CHECK(registry.name_of(main, "shop", "shop") == "shop");
  CHECK(registry.name_of(linked, "shop", "feature") == "shop-feature");
  registry.put({"shop-feature", linked, true, "shop"});
  registry.remove("shop");
  CHECK(registry.name_of(linked, "shop", "feature") == "shop-feature");  // though the name is free
  Registry again(fixture.files, file);
  CHECK(again.name_of(linked, "shop", "renamed") == "shop-feature");
  CHECK(again.at_root(linked)->declared == "shop");
}

TEST_CASE("a name whose folder is gone is free; one whose checkout is down is not") {
  Fixture fixture;
  auto& registry = fixture.registry;
  const auto here = fixture.at("here");
  registry.put({"shop", "/gone", true, "shop"});
  CHECK(!registry.find("shop")->living());
  CHECK(registry.name_of(here, "shop", "here") == "shop");
  const auto down = fixture.at("down");
  registry.put({"shop", down, false, "shop"});
  CHECK(registry.name_of(here, "shop", "here") == "shop-here");
}

TEST_CASE("a checkout that is called otherwise leaves its former name behind, which is down") {
  Fixture fixture;
  auto& registry = fixture.registry;
  const auto root = fixture.at("shop");
  registry.put({"first", fixture.at("first"), true, "first"});
  registry.put({"old", root, true, "old"});
  registry.put({"last", fixture.at("last"), true, "last"});
  CHECK(registry.name_of(root, "new", "shop") == "new");
  registry.put({"new", root, true, "new"});
  CHECK(names(registry) == std::vector<std::string>{"first", "new", "old-", "last"});
  CHECK(registry.at_root(root)->name == "new");
  CHECK(registry.name_of(root, "old", "shop") == "old");
  registry.put({"old", root, true, "old"});
  CHECK(registry.at_root(root)->name == "old");
  registry.put({"first", fixture.at("first"), true, "first"});
  CHECK(names(registry) == std::vector<std::string>{"first", "old", "new-", "last"});
}

TEST_CASE("who else is up keeps the cluster; whose folder is gone does not") {
  Fixture fixture;
  auto& registry = fixture.registry;
  registry.put({"shop", fixture.at("shop"), true, "shop"});
  registry.put({"shop-feature", fixture.at("feature"), true, "shop"});
  registry.put({"shop-gone", "/gone", true, "shop"});
  CHECK(registry.up_beside("shop") == std::vector<std::string>{"shop-feature"});
  registry.take_down("shop-feature");
  CHECK(registry.up_beside("shop").empty());
  CHECK(registry.up_beside("") == std::vector<std::string>{"shop"});
  CHECK(names(Registry(fixture.files, file)) == std::vector<std::string>{"shop", "shop-feature-", "shop-gone"});
}

TEST_CASE("which data a project uses is kept over its ups and downs") {
  Fixture fixture;
  auto& registry = fixture.registry;
  const auto root = fixture.at("shop");
  registry.put({"shop", root, true, "shop"});
  registry.use_data("shop", {"main", "feature"});
  registry.take_down("shop");
  registry.put({"shop", root, true, "shop"});
  CHECK(Registry(fixture.files, file).find("shop")->data == BranchData{"main", "feature"});
  registry.use_data("nobody", {"main", ""});
  registry.remove("shop");
  registry.put({"shop", root, true, "shop"});
  CHECK(registry.find("shop")->data == BranchData());
}

TEST_CASE("a list of before has its names as declared") {
  test::MemoryFileSystem files;
  files.write_atomically(file, R"({"version": 1, "contents": [{"name": "shop", "root": "/r", "up": true}]})");
  CHECK(Registry(files, file).find("shop")->declared == "shop");
}
