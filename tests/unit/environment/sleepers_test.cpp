#include <doctest/doctest.h>

#include "environment/sleepers.hpp"

using namespace gf;
using namespace gf::environment;
using namespace std::chrono_literals;

TEST_CASE("sleepers: which operations work on an app and on an addon") {
  struct Row {
    const char *kind, *subject;
    bool app, addon;  ///< shop/api, redis
  };
  const Row rows[] = {
      {"up", "shop", true, true},
      {"up", "other", false, true},
      {"purge", "shop", true, true},
      {"down", "cluster", true, true},
      {"restore", "cluster", true, true},
      {"rollout", "api", true, false},
      {"rollout", "web", false, false},
      {"rollback", "api", true, false},
      {"deliver", "shop/api", true, false},
      {"deliver", "other/api", false, false},
      {"addon-reset", "redis", true, true},
      {"addon-enable", "postgres", true, true},
      {"backup", "shop", false, true},
      {"backup-restore", "redis", true, true},
      {"snapshot-save", "before", true, true},
      {"wake", "shop/api", true, false},
      {"wake", "redis", false, true},
      {"wake", "postgres", false, false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.kind);
    CAPTURE(row.subject);
    Operation operation;
    operation.kind = row.kind;
    operation.subject = row.subject;
    CHECK(concerns(operation, "shop/api") == row.app);
    CHECK(concerns(operation, "redis") == row.addon);
  }
}

TEST_CASE(
    "sleepers: an addon waits for as long as the most patient project says, and for ever where one says nothing") {
  ProjectSpec shop, blog, silent;
  shop.name = "shop";
  shop.addon_sleep["redis"] = 10s;
  blog.name = "blog";
  blog.addon_sleep["redis"] = 60s;
  silent.name = "silent";
  const std::vector<const ProjectSpec*> known{&shop, &blog, &silent};
  CHECK(sleep_after("redis", {"project/shop"}, known) == 10s);
  CHECK(sleep_after("redis", {"project/shop", "project/blog"}, known) == 60s);
  CHECK(sleep_after("redis", {"project/shop", "project/silent"}, known) == 0s);
  CHECK(sleep_after("redis", {"project/shop", "user"}, known) == 0s);
  CHECK(sleep_after("redis", {"project/shop", "project/gone"}, known) == 0s);
  CHECK(sleep_after("postgres", {"project/shop"}, known) == 0s);
  CHECK(sleep_after("redis", {}, known) == 0s);
}
