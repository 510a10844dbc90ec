#include <doctest/doctest.h>

#include "sleep/decision.hpp"

using namespace gf::sleep;
using namespace std::chrono_literals;

namespace {

constexpr double now = 1000;

Member member(const std::string& name, std::chrono::seconds after, std::set<std::string> needs = {}) {
  Member one{name, after};
  one.needs = std::move(needs);
  return one;
}

}  // namespace

TEST_CASE("decide: who falls asleep, and when the next one could") {
  auto asleep = member("api", 10s), busy = asleep, starting = asleep, worked = asleep, never = asleep;
  asleep.asleep = true;
  busy.worked_upon = true;
  starting.settled = false;
  worked.last_work = now - 4;
  never.never = "it collects all the time";
  struct Row {
    const char* what;
    Member one;
    Use use;
    Decision expected;
  };
  const Row rows[] = {
      {"unused for its time", member("api", 10s), {0, now - 10}, {{"api"}, {}}},
      {"not yet", member("api", 10s), {0, now - 7}, {{}, now + 3}},
      {"used now, long as it may be", member("api", 10s), {1, now - 100}, {{}, now + 10}},
      {"only by hand", member("api", 0s), {0, 0}, {{}, {}}},
      {"sleeps already", asleep, {0, 0}, {{}, {}}},
      {"an operation works on it", busy, {0, 0}, {{}, now + 10}},
      {"an operation has ended a moment ago", worked, {0, 0}, {{}, now + 6}},
      {"it is not ready: left for a look", starting, {0, 0}, {{}, now + 10}},
      {"it never sleeps", never, {0, 0}, {{}, {}}},
      {"the clock was set back: its time begins now", member("api", 10s), {0, now + 500}, {{}, now + 10}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    CHECK(decide({row.one}, {{"api", row.use}}, now) == row.expected);
  }
}

TEST_CASE("decide: who is needed by somebody awake stays awake") {
  const auto redis = member("redis", 30s);
  auto api = member("shop/api", 0s, {"redis"});
  const std::map<std::string, Use> uses{{"redis", {0, now - 60}}};
  CHECK(decide({redis, api}, uses, now) == Decision{{}, now + 30});
  CHECK(kept_awake_by({redis, api}, "redis") == std::vector<std::string>{"shop/api"});
  api.asleep = true;
  CHECK(decide({redis, api}, uses, now) == Decision{{"redis"}, {}});
  CHECK(kept_awake_by({redis, api}, "redis").empty());
}

TEST_CASE("decide: the earliest of several moments is the next one") {
  const std::vector<Member> members{member("a", 30s), member("b", 10s), member("c", 20s)};
  const std::map<std::string, Use> uses{{"a", {0, now - 30}}, {"b", {0, now - 1}}, {"c", {0, now - 15}}};
  CHECK(decide(members, uses, now) == Decision{{"a"}, now + 5});
}

TEST_CASE("needs: everybody below, each once, a circle included") {
  const std::vector<Member> members{member("shop/api", 10s, {"pgbouncer", "redis"}),
                                    member("pgbouncer", 10s, {"postgres"}), member("postgres", 10s),
                                    member("x", 10s, {"y"}), member("y", 10s, {"x"})};
  CHECK(with_needs(members, "shop/api") == std::set<std::string>{"shop/api", "pgbouncer", "postgres", "redis"});
  CHECK(with_needs(members, "x") == std::set<std::string>{"x", "y"});
  CHECK(with_needs(members, "unknown") == std::set<std::string>{"unknown"});
}
