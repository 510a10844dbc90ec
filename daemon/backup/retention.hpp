#pragma once
#include <vector>

#include "backup/backup.hpp"

namespace gf::backup {

constexpr int kept_days = 7, kept_weeks = 4;

/// The week of UTC that a time lies in, counted from the epoch; weeks begin on Mondays.
long week_of(double seconds);

/// Pure: those of the backups of one project in one addon that the schedule removes at `now`. Kept are the newest of
/// each of the last seven days and of each of the last four weeks (days and weeks of UTC), the newest of all, and
/// whatever was not made by the schedule.
std::vector<Backup> expired(const std::vector<Backup>& backups, double now);

}  // namespace gf::backup
