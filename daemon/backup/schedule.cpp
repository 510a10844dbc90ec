#include "backup/schedule.hpp"

#include <cstdio>
#include <ctime>

#include "protocol/error.hpp"

namespace gf::backup {

namespace {

constexpr int hour_minutes = 60, day_minutes = 24 * 60;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Json to_json(const Schedule& schedule) {
  Json value;
  value["minute"] = schedule.minute ? Json(*schedule.minute) : Json(nullptr);
  value["cluster"] = schedule.cluster;
  value["last_run"] = schedule.last_run;
  return value;
}

Schedule schedule_from_json(const Json& value) {
  Schedule schedule;
  if (!value.at("minute").is_null()) schedule.minute = value["minute"].get<int>();
  schedule.cluster = value.value("cluster", false);  // a file of before has none
  schedule.last_run = value.at("last_run");
  return schedule;
}

int minute_from(const std::string& text) {
  if (text.size() == 5 && text[2] == ':' && is_digit(text[0]) && is_digit(text[1]) && is_digit(text[3]) &&
      is_digit(text[4])) {
    const int hours = std::stoi(text.substr(0, 2)), minutes = std::stoi(text.substr(3));
    if (hours * hour_minutes < day_minutes && minutes < hour_minutes) return hours * hour_minutes + minutes;
  }
  throw Error(ErrorCode::bad_request, "cannot read the time '" + text + "': it must be one like 03:15");
}

std::string time_text(int minute) {
  char text[16];
  std::snprintf(text, sizeof text, "%02d:%02d", minute / hour_minutes, minute % hour_minutes);
  return text;
}

double last_moment(int minute, double now) {
  const auto when = static_cast<std::time_t>(now);
  std::tm parts{};
  ::localtime_r(&when, &parts);
  parts.tm_hour = minute / hour_minutes;
  parts.tm_min = minute % hour_minutes;
  parts.tm_sec = 0;
  parts.tm_isdst = -1;
  const auto today = std::tm(parts);
  const auto moment = static_cast<double>(std::mktime(&parts));
  if (moment <= now) return moment;
  parts = today;
  parts.tm_mday -= 1;  // mktime sets right what is no day of the calendar
  parts.tm_isdst = -1;
  return static_cast<double>(std::mktime(&parts));
}

bool is_due(const Schedule& schedule, double now) {
  return schedule.minute && last_moment(*schedule.minute, now) > schedule.last_run;
}

}  // namespace gf::backup
