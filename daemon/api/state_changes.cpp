#include "api/state_changes.hpp"

#include <map>

namespace gf::api {

namespace {

using ByName = std::map<std::string, Json>;

/// The list `key` of `from` by its names, each without the member `left_out`.
ByName by_name(const Json& from, const char* key, const char* left_out) {
  ByName all;
  const auto list = from.find(key);
  if (list == from.end()) return all;
  for (const auto& one : *list) {
    auto& kept = all[one.value("name", "")] = one;
    kept.erase(left_out);
  }
  return all;
}

void compare(const ByName& before, const ByName& now, const std::string& type, const std::string& project,
             std::vector<StateChange>& changes) {
  const auto tell = [&](Json thing) {
    Json event;
    if (!project.empty()) event["project"] = project;
    event["now"] = std::move(thing);
    changes.push_back({type, std::move(event)});
  };
  for (const auto& [name, thing] : now)
    if (const auto known = before.find(name); known == before.end() || known->second != thing) tell(thing);
  for (const auto& [name, thing] : before)
    if (!now.contains(name)) tell({{"name", name}, {"state", "removed"}});
}

}  // namespace

std::vector<StateChange> state_changes(const Json& before, const Json& now) {
  std::vector<StateChange> changes;
  if (before.at("cluster") != now.at("cluster")) {
    Json event;
    event["now"] = now.at("cluster");
    changes.push_back({"cluster", std::move(event)});
  }
  compare(by_name(before, "addons", ""), by_name(now, "addons", ""), "addon", "", changes);
  compare(by_name(before, "projects", "apps"), by_name(now, "projects", "apps"), "project", "", changes);
  const auto projects_before = by_name(before, "projects", ""), projects_now = by_name(now, "projects", "");
  for (const auto& [name, project] : projects_now) {
    const auto known = projects_before.find(name);
    const auto apps_before = known == projects_before.end() ? ByName() : by_name(known->second, "apps", "last_sync");
    compare(apps_before, by_name(project, "apps", "last_sync"), "app", name, changes);
  }
  return changes;
}

}  // namespace gf::api
