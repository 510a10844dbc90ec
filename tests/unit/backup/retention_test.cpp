#include <doctest/doctest.h>

#include "backup/backup.hpp"
#include "backup/retention.hpp"

namespace {

using gf::backup::Backup;

constexpr double day = 24 * 60 * 60;
constexpr double monday = 1764547200;  // 2025-12-01T00:00:00Z, the first day of a week

/// The ids of what goes, of backups that were made so many days (and parts of a day) before `now`.
std::vector<std::string> gone(const std::vector<double>& ages, double now, bool scheduled = true) {
  std::vector<Backup> backups;
  for (const double age : ages) {
    Backup one;
    one.began = now - age * day;
    one.id = gf::backup::id_of(one.began);
    one.scheduled = scheduled;
    backups.push_back(one);
  }
  std::vector<std::string> ids;
  for (const auto& one : gf::backup::expired(backups, now)) ids.push_back(one.id);
  return ids;
}

std::vector<double> every_day(int days) {
  std::vector<double> ages;
  for (int i = 0; i < days; ++i) ages.push_back(i);
  return ages;
}

}  // namespace

TEST_CASE("retention: a week of days is kept whole") { CHECK(gone(every_day(7), monday + 3 * day + 11700).empty()); }

TEST_CASE("retention: of sixty days seven days and the newest of four weeks remain") {
  const double now = monday + 3 * day + 11700;  // a Thursday
  const auto ids = gone(every_day(60), now);
  // Seven days reach from Thursday back to Friday; the Sundays before this week are the newest of theirs. The last of
  // them is one of the seven.
  CHECK(ids.size() == 60 - 7 - 2);
  for (const double age : {0.0, 6.0, 4.0, 11.0, 18.0})
    CHECK(std::find(ids.begin(), ids.end(), gf::backup::id_of(now - age * day)) == ids.end());
  for (const double age : {7.0, 10.0, 12.0, 25.0, 59.0})
    CHECK(std::find(ids.begin(), ids.end(), gf::backup::id_of(now - age * day)) != ids.end());
}

TEST_CASE("retention: of one day the newest remains") {
  const double now = monday + 0.9 * day;
  CHECK(gone({0.1, 0.2, 0.3}, now) ==
        std::vector<std::string>{gf::backup::id_of(now - 0.2 * day), gf::backup::id_of(now - 0.3 * day)});
}

TEST_CASE("retention: the newest of all remains, however old") {
  CHECK(gone({300, 301}, monday) == std::vector<std::string>{gf::backup::id_of(monday - 301 * day)});
}

TEST_CASE("retention: what was made by hand is never removed") { CHECK(gone(every_day(60), monday, false).empty()); }
