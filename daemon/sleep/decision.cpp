#include "sleep/decision.hpp"

#include <algorithm>

namespace gf::sleep {

const Member* find(const std::vector<Member>& members, const std::string& name) {
  const auto found = std::ranges::find(members, name, &Member::name);
  return found == members.end() ? nullptr : &*found;
}

std::vector<std::string> kept_awake_by(const std::vector<Member>& members, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& one : members)
    if (!one.asleep && one.needs.contains(name)) names.push_back(one.name);
  return names;
}

std::set<std::string> with_needs(const std::vector<Member>& members, const std::string& name) {
  std::set<std::string> all;
  std::vector<std::string> open{name};
  while (!open.empty()) {
    const auto next = open.back();
    open.pop_back();
    if (!all.insert(next).second) continue;
    if (const auto* member = find(members, next)) open.insert(open.end(), member->needs.begin(), member->needs.end());
  }
  return all;
}

Decision decide(const std::vector<Member>& members, const std::map<std::string, Use>& uses, double now) {
  Decision decision;
  for (const auto& one : members) {
    if (one.after.count() == 0 || !one.never.empty() || one.asleep) continue;
    const auto found = uses.find(one.name);
    const auto use = found == uses.end() ? Use() : found->second;
    const bool kept = use.now > 0 || one.worked_upon || !one.settled || !kept_awake_by(members, one.name).empty();
    // A clock that was set back must not keep it awake for longer than its time.
    const auto since = kept ? now : std::min(now, std::max(use.last, one.last_work));
    const auto due = since + static_cast<double>(one.after.count());
    if (due <= now)
      decision.to_sleep.push_back(one.name);
    else
      decision.next = std::min(decision.next.value_or(due), due);
  }
  return decision;
}

}  // namespace gf::sleep
