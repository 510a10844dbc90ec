#include <doctest/doctest.h>

#include <set>

#include "forward/port_book.hpp"
#include "forward/resolve.hpp"
#include "protocol/error.hpp"
#include "support/memory_file_system.hpp"

using namespace gf::forward;
using gf::Json;

TEST_CASE("resolve: a Service with an address leads to itself") {
  const Json service = {{"spec", {{"clusterIP", "10.96.0.7"}, {"ports", {{{"port", 6379}}}}}}};
  const auto address = resolve(service, {}, 6379);
  REQUIRE(address);
  CHECK(address->host == "10.96.0.7");
  CHECK(address->port == 6379);
}

TEST_CASE("resolve: a headless Service leads to the first ready endpoint and its own port") {
  const Json service = {
      {"spec", {{"clusterIP", "None"}, {"ports", {{{"name", "sql"}, {"port", 5432}}, {{"name", "x"}, {"port", 1}}}}}}};
  const Json slice = {
      {"ports", {{{"name", "x"}, {"port", 11}}, {{"name", "sql"}, {"port", 15432}}}},
      {"endpoints",
       {{{"addresses", {"10.0.0.1"}}, {"conditions", {{"ready", false}}}}, {{"addresses", {"10.0.0.2"}}}}}};
  const auto address = resolve(service, {Json::object(), slice}, 5432);
  REQUIRE(address);
  CHECK(address->host == "10.0.0.2");
  CHECK(address->port == 15432);
  CHECK_FALSE(resolve(service, {}, 5432));
  Json nobody = slice;
  nobody["endpoints"][1]["conditions"]["ready"] = false;
  CHECK_FALSE(resolve(service, {nobody}, 5432));
}

TEST_CASE("ports: the preferred one, else the next free one; the same again later") {
  gf::test::MemoryFileSystem files;
  std::set<int> taken;
  const auto take = [&](int port) { return taken.insert(port).second; };
  const auto book = [&] { return PortBook(gf::state::Document(files, "/state/ports.json")); };
  {
    auto first = book();
    CHECK(first.assign("redis", 6379, take) == 6379);
    taken.insert(5432);
    CHECK(first.assign("postgres", 5432, take) == 20000);
    CHECK(first.assign("any", 0, take) == 20001);
  }
  taken.clear();
  auto second = book();
  // What belongs to another name is left alone even while it is free.
  CHECK(second.assign("new", 0, take) == 20002);
  CHECK(second.assign("postgres", 5432, take) == 20000);
  CHECK(second.assign("redis", 6379, take) == 6379);
  // Another preference than before: what was remembered no longer counts.
  CHECK(second.assign("any", 8000, take) == 8000);
}

TEST_CASE("ports: with none free the user hears of it") {
  gf::test::MemoryFileSystem files;
  PortBook book(gf::state::Document(files, "/state/ports.json"));
  try {
    book.assign("redis", 6379, [](int) { return false; });
    FAIL("a port was given");
  } catch (const gf::Error& error) {
    CHECK(error.code() == gf::ErrorCode::port_taken);
  }
}

TEST_CASE("ports: a damaged list is kept aside and told; ports are given out anew") {
  for (const char* text :
       {"{", R"({"version": 1, "contents": {"redis": 6379}})", R"({"version": 1, "contents": [7]})"}) {
    CAPTURE(text);
    gf::test::MemoryFileSystem files;
    files.files["/state/ports.json"] = text;
    PortBook book(gf::state::Document(files, "/state/ports.json"));
    CHECK(book.warning().find("is kept at /state/ports.json.corrupt-1") != std::string::npos);
    CHECK(book.assign("redis", 6379, [](int) { return true; }) == 6379);
  }
}
