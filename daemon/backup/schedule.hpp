#pragma once
#include <optional>
#include <string>

#include "protocol/json.hpp"

namespace gf::backup {

/// When backups are made by themselves.
struct Schedule {
  std::optional<int> minute;  ///< of the local day, every day; nothing: never
  bool cluster = false;       ///< the state of the cluster too
  double last_run = 0;        ///< when it last ran, or was set: seconds since the epoch
};

Json to_json(const Schedule& schedule);
Schedule schedule_from_json(const Json& value);

/// Pure: "03:15" as a minute of the day and back. Throws Error(bad_request).
int minute_from(const std::string& text);
std::string time_text(int minute);

/// Pure but for the time zone: the last moment not after `now` at which it was to run. A run that was missed, because
/// the machine slept or the daemon did not run, is due as long as none has been since.
double last_moment(int minute, double now);
bool is_due(const Schedule& schedule, double now);

}  // namespace gf::backup
