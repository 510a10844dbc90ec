#include <doctest/doctest.h>
#include <stdlib.h>
#include <time.h>

#include "backup/schedule.hpp"
#include "protocol/error.hpp"

namespace {

using namespace gf::backup;

constexpr double hour = 3600;
constexpr double midnight = 1764547200;  // 2025-12-01T00:00:00Z

/// The local time of this test.
class Zone {
 public:
  explicit Zone(const char* name) {
    ::setenv("TZ", name, 1);
    ::tzset();
  }
  ~Zone() {
    ::unsetenv("TZ");
    ::tzset();
  }
};

bool due(double last_run, double now) { return is_due(Schedule{3 * 60 + 15, false, last_run}, now); }

}  // namespace

TEST_CASE("schedule: it is due from its time on until it has run") {
  const Zone zone("UTC0");
  const double yesterday = midnight - 20 * hour;
  CHECK_FALSE(due(yesterday, midnight + 3 * hour));
  CHECK(due(yesterday, midnight + 3.25 * hour));
  CHECK(due(yesterday, midnight + 23 * hour));
  CHECK_FALSE(due(midnight + 3.25 * hour, midnight + 3.25 * hour));
  CHECK_FALSE(due(midnight + 3.5 * hour, midnight + 27 * hour));
}

TEST_CASE("schedule: what was slept through is due at once, and once") {
  const Zone zone("UTC0");
  const double monday_morning = midnight + 9 * hour;
  CHECK(due(midnight - 80 * hour, monday_morning));
  CHECK_FALSE(due(monday_morning, monday_morning + 1));
}

TEST_CASE("schedule: it goes by local time") {
  const Zone zone("XST-2");  // two hours ahead of UTC
  CHECK(last_moment(3 * 60, midnight + 12 * hour) == midnight + 1 * hour);
}

TEST_CASE("schedule: a night whose clock is set forward has its time too") {
  const Zone zone("CET-1CEST,M3.5.0,M10.5.0/3");
  constexpr double spring = 1774738800;  // 2026-03-29T00:00 in Paris: two o'clock becomes three
  CHECK(last_moment(2 * 60 + 30, spring + 12 * hour) < spring + 4 * hour);
  CHECK(last_moment(2 * 60 + 30, spring + 12 * hour) > spring);
}

TEST_CASE("schedule: off is never due") { CHECK_FALSE(is_due(Schedule{}, midnight)); }

TEST_CASE("schedule: times are read strictly") {
  CHECK(minute_from("03:15") == 195);
  CHECK(time_text(195) == "03:15");
  for (const char* wrong : {"", "3:15", "24:00", "12:60", "ab:cd", "-1:30", "03:15 "})
    CHECK_THROWS_AS(minute_from(wrong), gf::Error);
}

TEST_CASE("schedule: it is the same after a restart") {
  const auto again = schedule_from_json(to_json(Schedule{195, true, 12.5}));
  CHECK(again.minute == 195);
  CHECK(again.cluster);
  CHECK(again.last_run == 12.5);
  CHECK_FALSE(schedule_from_json(to_json(Schedule{})).minute);
  CHECK_FALSE(schedule_from_json(gf::Json{{"minute", 195}, {"last_run", 1.5}}).cluster);
}
