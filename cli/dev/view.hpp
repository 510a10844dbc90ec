#pragma once
#include <deque>
#include <map>
#include <set>
#include <string>

#include "protocol/json.hpp"
#include "render/progress.hpp"

namespace gf::cli {

/// An operation that runs.
struct Work {
  std::string title;  ///< "rollout api (op-7)"
  ProgressTree tree;
  std::deque<std::string> output;  ///< what its steps said, of a build too
};

/// What `gf dev` knows of one project. Pure: answers, events and log lines of the daemon in; screen.hpp makes lines of
/// it.
class DevView {
 public:
  explicit DevView(std::string project_name);

  /// What stands now; events that are older tell history only.
  void take_status(const Json& status);
  void take_event(const Json& event);
  /// A line of the log as the daemon gives it.
  void take_log(const Json& line);
  /// Whether the event tells more than the status that was taken.
  bool is_news(const Json& event) const { return event.value("seq", std::uint64_t{0}) > stands_at_; }

  const std::string name;
  double now = 0;  ///< the time of the newest event, seconds since the epoch
  Json cluster = Json::object(), project = Json::object();
  std::map<std::string, Json> apps, addons;     ///< by name, as GET /v1/status has them
  std::map<std::string, Work> works;            ///< by the operation's id
  std::map<std::string, std::string> troubles;  ///< "rollout api", "app api" → what is wrong with it, in lines
  std::deque<std::string> warnings;             ///< the newest first
  std::deque<Json> saves, logs;                 ///< saves: the newest first; logs: the newest last
  bool shows_logs = true;
  std::string notice;  ///< what became of a key

 private:
  void take_operation(const Json& event);
  void take_state(const std::string& type, const Json& event);
  void take_health(const std::string& key, const Json& thing);

  std::uint64_t stands_at_ = 0;  ///< the event that the status was taken at
};

/// Pure: what a desktop notification says of a change of the troubles' names, "" when there is nothing to say. Names
/// only: what an error says may come from a log.
std::string notification(const std::set<std::string>& before, const std::set<std::string>& now);
std::set<std::string> trouble_names(const DevView& view);

}  // namespace gf::cli
