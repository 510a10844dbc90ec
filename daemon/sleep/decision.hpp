#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace gf::sleep {

/// An app ("shop/api") or an addon ("redis"), as it stands. Times are seconds since the epoch.
struct Member {
  std::string name;
  std::chrono::seconds after{0};  ///< unused for so long it falls asleep; 0 = only by hand
  std::string never = {};         ///< why it cannot sleep, the end of a sentence; "" when it can
  bool asleep = false;
  bool settled = true;               ///< it has arrived at what it shall be
  bool worked_upon = false;          ///< an operation concerns it
  double last_work = 0;              ///< when the latest such ended
  std::set<std::string> needs = {};  ///< who is awake before it is, and for as long
};

/// How a member is used: connections, commands, saves.
struct Use {
  std::size_t now = 0;  ///< how many last
  double last = 0;      ///< when the latest one ended
};

struct Decision {
  std::vector<std::string> to_sleep;
  std::optional<double> next;  ///< the earliest moment at which another one could follow
  bool operator==(const Decision&) const = default;
};

/// Pure: who falls asleep at the moment `now`. What keeps one awake: a use that lasts, an operation that concerns it,
/// somebody awake who needs it, and that it has not arrived at what it shall be (then it is left for a look). Its time
/// counts from the end of the latest use or operation.
Decision decide(const std::vector<Member>& members, const std::map<std::string, Use>& uses, double now);

/// Pure: those awake who need `name`.
std::vector<std::string> kept_awake_by(const std::vector<Member>& members, const std::string& name);

/// Pure: `name` and everybody that it needs, directly or not.
std::set<std::string> with_needs(const std::vector<Member>& members, const std::string& name);

const Member* find(const std::vector<Member>& members, const std::string& name);

}  // namespace gf::sleep
