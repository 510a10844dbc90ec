#include <doctest/doctest.h>

#include "image/order.hpp"
#include "protocol/error.hpp"

using namespace gf::image;
using namespace std::chrono_literals;

TEST_CASE("the driver's answer: three columns, '-' is no official image, another shape is refused") {
  const auto images = read_references(
      "redis\tgreenfield/redis:1\tdocker.io/library/redis:8\nbase\tgreenfield/base:2\t-\ngrafana\t-\tg:1\n");
  REQUIRE(images.size() == 3);
  CHECK(images[0].built == "greenfield/redis:1");
  CHECK(images[0].official == "docker.io/library/redis:8");
  CHECK(images[1].official.empty());
  CHECK(images[2].built.empty());
  CHECK_THROWS_AS(read_references("redis greenfield/redis:1"), gf::Error);
}

TEST_CASE("auto order: present, then pull, then build where that is possible") {
  const PlatformImage both{"a", "greenfield/a:1", "a:1"}, ours{"a", "greenfield/a:1", ""}, official{"a", "", "a:1"};
  struct Row {
    bool built, official_present;
    PlatformImage wanted;
    std::optional<std::chrono::steady_clock::duration> since_failed;
    Way expected;
  };
  const Row rows[] = {
      {true, true, both, {}, Way::use_built},     {true, false, ours, {}, Way::use_built},
      {false, true, both, {}, Way::use_official}, {false, true, both, 1s, Way::use_official},
      {false, false, both, {}, Way::pull},        {false, false, both, 9min, Way::build},
      {false, false, both, 11min, Way::pull},     {false, false, ours, {}, Way::build},
      {false, false, official, {}, Way::pull},    {false, false, official, 9min, Way::pull},
  };
  for (const auto& row : rows)
    CHECK(next_way(row.built, row.official_present, row.wanted, row.since_failed) == row.expected);
}

TEST_CASE("references as containerd stores them") {
  CHECK(canonical("redis") == "docker.io/library/redis:latest");
  CHECK(canonical("greenfield/redis:1") == "docker.io/greenfield/redis:1");
  CHECK(canonical("localhost/x:1") == "localhost/x:1");
  CHECK(canonical("ghcr.io/a/b") == "ghcr.io/a/b:latest");
  CHECK(canonical("host:5000/x") == "host:5000/x:latest");
}

TEST_CASE("what crictl lists: images with their names and bytes") {
  const auto stored = read_stored(R"({"images": [
    {"id": "sha256:1", "repoTags": ["docker.io/greenfield-app/shop-api:a", "docker.io/greenfield-app/shop-web:b"],
     "size": "151234567", "pinned": false},
    {"id": "sha256:2", "repoTags": [], "size": "7"}]})");
  REQUIRE(stored.size() == 2);
  CHECK(stored.at(0).references.size() == 2);
  CHECK(stored.at(0).references.contains("docker.io/greenfield-app/shop-api:a"));
  CHECK(stored.at(0).bytes == 151234567);
  CHECK(stored.at(1).references.empty());
  CHECK_THROWS(read_stored("{}"));
}
