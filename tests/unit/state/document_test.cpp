#include <doctest/doctest.h>

#include "protocol/error.hpp"
#include "state/document.hpp"
#include "support/memory_file_system.hpp"

using namespace gf;
using gf::test::MemoryFileSystem;
using state::Document;

TEST_CASE("document: what is saved is loaded; absent gives the fallback") {
  MemoryFileSystem files;
  Document document(files, "/state/wanted.json");
  CHECK(document.load(Json{{"none", true}}) == Json{{"none", true}});
  document.save(Json{{"projects", {"shop"}}});
  CHECK(document.load(Json()) == Json{{"projects", {"shop"}}});
  CHECK(document.kept_aside().empty());
}

TEST_CASE("document: a corrupt file and one of a newer version are kept aside, each under its own name") {
  MemoryFileSystem files;
  Document document(files, "/state/wanted.json");
  for (const std::string text : {"{\"version\": 1, \"conte", "{\"version\": 99, \"contents\": {}}", "[]"}) {
    files.files["/state/wanted.json"] = text;
    CHECK(document.load(Json("fallback")) == Json("fallback"));
    CHECK_FALSE(files.read("/state/wanted.json"));
    CHECK(files.read(document.kept_aside()) == text);
  }
  CHECK(document.kept_aside() == "/state/wanted.json.corrupt-3");
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
  CHECK(document.load(Json()) == Json{{"projects", {1}}, {"migrated", true}});
  document.save(Json{{"projects", {2}}});
  CHECK(document.load(Json()) == Json{{"projects", {2}}});
}

TEST_CASE("document: a failing write keeps the former contents") {
  MemoryFileSystem files;
  Document document(files, "/d");
  document.save(Json(1));
  files.fail_after = 0;
  CHECK_THROWS_AS(document.save(Json(2)), Error);
  CHECK(document.load(Json()) == Json(1));
}
