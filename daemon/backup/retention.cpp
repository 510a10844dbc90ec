#include "backup/retention.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace gf::backup {

namespace {

constexpr double day_seconds = 24 * 60 * 60;

long day_of(double seconds) { return static_cast<long>(std::floor(seconds / day_seconds)); }
}  // namespace

long week_of(double seconds) { return (day_of(seconds) + 3) / 7; }  // the epoch was a Thursday

std::vector<Backup> expired(const std::vector<Backup>& backups, double now) {
  std::vector<Backup> scheduled;
  std::ranges::copy_if(backups, std::back_inserter(scheduled), &Backup::scheduled);
  std::ranges::sort(scheduled, std::greater(), &Backup::began);
  std::vector<Backup> leaving;
  std::set<long> days, weeks;
  for (const auto& one : scheduled) {
    const auto day = day_of(one.began), week = week_of(one.began);
    const bool first_of_day = days.insert(day).second, first_of_week = weeks.insert(week).second;
    const bool newest = days.size() == 1 && first_of_day;
    const bool kept = newest || (first_of_day && day > day_of(now) - kept_days) ||
                      (first_of_week && week > week_of(now) - kept_weeks);
    if (!kept) leaving.push_back(one);
  }
  return leaving;
}

}  // namespace gf::backup
