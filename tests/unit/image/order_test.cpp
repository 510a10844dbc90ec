#include <doctest/doctest.h>

#include "image/order.hpp"
#include "protocol/error.hpp"

using namespace gf::image;
using namespace std::chrono_literals;

TEST_CASE("the driver's answer: three columns, '-' is no official image, another shape is refused") {
  const auto images =
      read_references("redis\tgreenfield/redis:1\tdocker.io/library/redis:8\nbase\tgreenfield/base:2\t-\n");
  REQUIRE(images.size() == 2);
  CHECK(images[0].built == "greenfield/redis:1");
  CHECK(images[0].official == "docker.io/library/redis:8");
  CHECK(images[1].official.empty());
  CHECK_THROWS_AS(read_references("redis greenfield/redis:1"), gf::Error);
}

TEST_CASE("auto order: present, then pull, then build") {
  struct Row {
    bool built, official_present, has_official;
    std::optional<std::chrono::steady_clock::duration> since_failed;
    Way expected;
  };
  const Row rows[] = {
      {true, true, true, {}, Way::use_built},     {true, false, false, {}, Way::use_built},
      {false, true, true, {}, Way::use_official}, {false, true, true, 1s, Way::use_official},
      {false, false, true, {}, Way::pull},        {false, false, true, 9min, Way::build},
      {false, false, true, 11min, Way::pull},     {false, false, false, {}, Way::build},
  };
  for (const auto& row : rows)
    CHECK(next_way(row.built, row.official_present, row.has_official, row.since_failed) == row.expected);
}

TEST_CASE("references as containerd stores them") {
  CHECK(canonical("redis") == "docker.io/library/redis:latest");
  CHECK(canonical("greenfield/redis:1") == "docker.io/greenfield/redis:1");
  CHECK(canonical("localhost/x:1") == "localhost/x:1");
  CHECK(canonical("ghcr.io/a/b") == "ghcr.io/a/b:latest");
  CHECK(canonical("host:5000/x") == "host:5000/x:latest");
}

TEST_CASE("nodes that lack the same images share one stream; complete nodes get none") {
  const auto groups = group_by_missing({"a:1", "b:1"}, {{"n1", {}},
                                                        {"n2", {}},
                                                        {"n3", {"docker.io/library/a:1"}},
                                                        {"n4", {"docker.io/library/a:1", "docker.io/library/b:1"}}});
  REQUIRE(groups.size() == 2);
  CHECK(groups.at({"a:1", "b:1"}) == std::vector<std::string>{"n1", "n2"});
  CHECK(groups.at({"b:1"}) == std::vector<std::string>{"n3"});
}
