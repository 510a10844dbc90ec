#pragma once
#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <vector>

namespace gf::backup {

constexpr int kept_days = 7, kept_weeks = 4;

/// The day and the week of UTC that a time lies in, counted from the epoch; weeks begin on Mondays.
long day_of(double seconds);
long week_of(double seconds);

/// Pure: those of the backups of one thing (a project in one addon, or the cluster) that the schedule removes at `now`.
/// Kept are the newest of each of the last seven days and of each of the last four weeks (days and weeks of UTC), the
/// newest of all, and whatever was not made by the schedule. A `Kept` says when it `began`, and whether it was
/// `scheduled`.
template <class Kept>
std::vector<Kept> expired(const std::vector<Kept>& backups, double now) {
  std::vector<Kept> scheduled;
  std::ranges::copy_if(backups, std::back_inserter(scheduled), &Kept::scheduled);
  std::ranges::sort(scheduled, std::greater(), &Kept::began);
  std::vector<Kept> leaving;
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
