#include <doctest/doctest.h>

#include "protocol/error.hpp"
#include "state/document.hpp"
#include "support/memory_file_system.hpp"

using namespace gf;
using gf::test::MemoryFileSystem;
using state::Document;

namespace {

Json as_it_is(const Json& contents) { return contents; }

}  // namespace

TEST_CASE("document: what is saved is loaded; absent is nothing") {
  MemoryFileSystem files;
  Document document(files, "/state/wanted.json");
  CHECK(document.load(as_it_is) == Json());
  document.save(Json{{"projects", {"shop"}}});
  CHECK(document.load(as_it_is) == Json{{"projects", {"shop"}}});
  CHECK(document.kept_aside().empty());
  CHECK(document.warning("the list", "make it again").empty());
}

TEST_CASE("document: whatever cannot be read is kept aside, each under its own name, and told") {
  MemoryFileSystem files;
  Document document(files, "/state/wanted.json");
  const auto names = [](const Json& contents) { return contents.get<std::vector<std::string>>(); };
  const std::string damaged[] = {"{\"version\": 1, \"conte",
                                 "{\"version\": 99, \"contents\": []}",
                                 "{\"version\": \"1\", \"contents\": []}",
                                 "{\"version\": 1}",
                                 "[]",
                                 "{\"version\": 1, \"contents\": {\"another\": \"shape\"}}",
                                 std::string("\0\0\0", 3)};
  for (const auto& text : damaged) {
    CAPTURE(text);
    files.files["/state/wanted.json"] = text;
    CHECK(document.load(names).empty());
    CHECK_FALSE(files.read("/state/wanted.json"));
    CHECK(files.read(document.kept_aside()) == text);
  }
  CHECK(document.kept_aside() == "/state/wanted.json.corrupt-7");
  CHECK(document.warning("the list", "make it again") ==
        "the list was damaged and is kept at /state/wanted.json.corrupt-7: make it again");
}

TEST_CASE("document: migrations lead from any older version to the newest") {
  MemoryFileSystem files;
  const auto rename = [](Json contents) {
    contents["projects"] = contents["checkouts"];
    contents.erase("checkouts");
    return contents;
  };
  const auto mark = [](Json contents) {
    contents["migrated"] = true;
    return contents;
  };
  files.files["/d"] = R"({"version": 1, "contents": {"checkouts": [1]}})";
  Document document(files, "/d", {rename, mark});
  CHECK(document.load(as_it_is) == Json{{"projects", {1}}, {"migrated", true}});
  document.save(Json{{"projects", {2}}});
  CHECK(document.load(as_it_is) == Json{{"projects", {2}}});
}

TEST_CASE("document: a failing write keeps the former contents") {
  MemoryFileSystem files;
  Document document(files, "/d");
  document.save(Json(1));
  files.fail_after = 0;
  CHECK_THROWS_AS(document.save(Json(2)), Error);
  CHECK(document.load(as_it_is) == Json(1));
}
