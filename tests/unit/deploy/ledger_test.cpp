#include "deploy/ledger.hpp"

#include <doctest/doctest.h>

#include "support/memory_file_system.hpp"

using namespace gf;
using deploy::Ledger;
using Paths = std::set<std::string>;

TEST_CASE("ledger: what came into a container and did not go again is known to who comes later") {
  test::MemoryFileSystem files;
  Ledger(files, "/state/shop/api").add("one", {"app/a", "odd\xff\nname", "-rf", "+x"});
  Ledger(files, "/state/shop/api").drop("one", {"app/a"});
  Ledger later(files, "/state/shop/api");
  CHECK(later.paths("one") == Paths{"odd\xff\nname", "-rf", "+x"});
  CHECK(later.paths("two").empty());
  later.add("one", {"app/a"});
  CHECK(later.paths("one").contains("app/a"));
  CHECK(Ledger(files, "/state/shop/web").paths("one").empty());
}

TEST_CASE("ledger: nothing is written where nothing is new, and a torn end is left out") {
  test::MemoryFileSystem files;
  Ledger ledger(files, "/state");
  ledger.add("one", {});
  CHECK(files.files.empty());
  ledger.add("one", {"a", "b"});
  files.files["/state/one"].pop_back();
  CHECK(ledger.paths("one") == Paths{"a"});
}

TEST_CASE("ledger: containers that are gone leave nothing behind") {
  test::MemoryFileSystem files;
  Ledger ledger(files, "/state");
  for (const char* id : {"one", "two", "three"}) ledger.add(id, {"a"});
  ledger.retain({"two", "not yet"});
  CHECK(ledger.paths("one").empty());
  CHECK(ledger.paths("two") == Paths{"a"});
  CHECK(files.files.size() == 1);
}

TEST_CASE("ledger: a disk that is full is said") {
  test::MemoryFileSystem files;
  files.fail_after = 0;
  Ledger ledger(files, "/state");
  try {
    ledger.add("one", {"a"});
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::state_unwritable);
  }
}
