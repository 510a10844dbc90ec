#include "addon/branches.hpp"

#include <doctest/doctest.h>

#include "addon/catalogue.hpp"
#include "protocol/error.hpp"
#include "system/file_system.hpp"

using namespace gf;
using namespace gf::addon;

TEST_CASE("a branch is a part of a database's name, another one for each branch") {
  const std::vector<std::pair<std::string, std::string>> rows = {{"main", "main_"},
                                                                 {"feature/Big-X", "feature_big_x_"},
                                                                 {"a.very/long-name-of-a-branch", "a_very_long_na_"},
                                                                 {"fix/1234567890--x", "fix_1234567890_"},
                                                                 {"größe", "gr_e_"},
                                                                 {"日本", ""}};
  for (const auto& [branch, begin] : rows) {
    CAPTURE(branch);
    const auto label = branch_label(branch);
    CHECK(label.starts_with(begin));
    CHECK(label.size() == begin.size() + 6);
    CHECK(label.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos);
    // With a project's name, and what a restore adds, still a name for PostgreSQL.
    CHECK(30 + 1 + label.size() + std::string("~restoring").size() <= 63);
  }
  CHECK(branch_label("a/b") != branch_label("a-b"));
  CHECK(branch_label("A") != branch_label("a"));
}

TEST_CASE("a record comes back from its text; a damaged one is of nothing") {
  const BranchRecord record{"b", {{"a", 1}, {"b", 3}}};
  CHECK(branch_record_from(to_text(record)) == record);
  CHECK(to_text({}).empty());
  CHECK(branch_record_from("") == BranchRecord());
  for (const char* text : {"x", "[]", R"({"numbers": [1]})", R"({"current": 1, "numbers": {"a": 1}})"}) {
    CAPTURE(text);
    CHECK(branch_record_from(text) == BranchRecord());
  }
  // One whose number is not known has no data.
  CHECK(branch_record_from(R"({"current": "b", "numbers": {"a": 1}})") == BranchRecord{"", {{"a", 1}}});
}

TEST_CASE("numbers: the lowest that is free, as many as there are") {
  CHECK(free_number({}, 15, "redis", "a") == 1);
  CHECK(free_number({"", {{"a", 1}, {"b", 3}}}, 15, "redis", "c") == 2);
  CHECK(free_number({"", {{"a", 1}, {"b", 2}}}, 0, "postgres", "c") == 3);
  try {
    free_number({"", {{"a", 1}, {"b", 2}}}, 2, "redis", "c");
    FAIL("it was given one");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::addon_failed);
    CHECK(error.message() ==
          "cannot give the branch 'c' data of its own in redis: 2 others have theirs, and there are no more");
    CHECK(error.hint().find("git branch -d") != std::string::npos);
    CHECK(error.cause() == "they are: a, b");
  }
}

TEST_CASE("data go with their branch, but not those in use now or a moment ago") {
  const BranchRecord record{"here", {{"gone", 1}, {"here", 2}, {"kept", 3}, {"left", 4}}};
  using Names = std::vector<std::string>;
  CHECK(vanished(record, {"kept", "here", "left"}, "left") == Names{"gone"});
  CHECK(vanished(record, {"kept"}, "left") == Names{"gone"});  // renamed: what it was called is left as it is
  CHECK(vanished(record, {"kept"}, "") == Names{"gone", "left"});
  CHECK(vanished({}, {}, "").empty());
}

TEST_CASE("the shipped addons: data of branches in postgres and redis") {
  PosixFileSystem files;
  const auto shipped = Catalogue::load(files, GF_SOURCE_DIR);
  std::vector<std::string> names;
  for (const auto& [name, spec] : shipped.all())
    if (spec.claim && spec.claim->branches) names.push_back(name);
  CHECK(names == std::vector<std::string>{"postgres", "redis"});
  CHECK(shipped.at("postgres").claim->branches->most == 0);
  CHECK(shipped.at("redis").claim->branches->most == 15);  // Redis has 16 databases, the first is the base branch's
}
