#include "project/sleep_reader.hpp"

#include <algorithm>

namespace gf::project {

namespace {

constexpr const char* key = "sleep_after";
constexpr auto shortest = std::chrono::seconds(10);  // less, and it would sleep between two requests of one page
constexpr auto longest = std::chrono::hours(24);

bool names(const std::vector<std::string>& all, const std::string& one) {
  return std::ranges::find(all, one) != all.end();
}

}  // namespace

void SleepReader::read(const YAML::Node& top) {
  for (auto& app : project_.apps) read_app(app, top["apps"][app.name]);
  for (const auto& [addon, node] : read_addons(top["addons"]))
    if (const auto who = who_never_sleeps(addon); !who.empty())
      in_.complain(node, "'sleep_after' of " + addon + " has no effect: " + who +
                             " needs it and never sleeps; give that 'sleep_after' too");
}

void SleepReader::read_app(AppSpec& app, const YAML::Node& node) {
  if (!node[key].IsDefined()) return;
  if (const auto why = why_never_asleep(project_, app); !why.empty())
    in_.complain(node[key], "'sleep_after' makes no sense for the app '" + app.name + "': " + why);
  app.sleep_after = time(node);
}

SleepReader::Found SleepReader::read_addons(const YAML::Node& addons) {
  Found found;
  if (!addons.IsDefined() || !addons.IsMap()) return found;
  for (const auto& member : addons) {
    if (!member.second.IsMap() || !member.second[key].IsDefined()) continue;
    const auto told = member.first.Scalar();
    const auto known = known_as_.find(told);
    const auto name = known == known_as_.end() ? told : known->second;
    if (const auto why = vocabulary_.sleepless.find(name); why != vocabulary_.sleepless.end())
      in_.complain(member.second[key], "'sleep_after' makes no sense for the addon '" + told + "': " + why->second);
    project_.addon_sleep[name] = time(member.second);
    found.emplace(name, member.second[key]);
  }
  return found;
}

std::chrono::seconds SleepReader::time(const YAML::Node& node) {
  const auto told = in_.duration(node, key, "");
  if (told.count() == 0) return shortest;  // complained about already
  if (told < shortest || told > longest || told.count() % 1000 != 0)
    in_.complain(node[key], "'sleep_after' must be whole seconds from 10s to 24h, not '" + node[key].Scalar() + "'");
  return std::chrono::duration_cast<std::chrono::seconds>(told);
}

std::string SleepReader::who_never_sleeps(const std::string& addon) const {
  for (const auto& app : project_.apps)
    if (names(app.uses, addon) && app.sleep_after.count() == 0) return "the app '" + app.name + '\'';
  for (const auto& [other, profile] : project_.addons) {
    const auto needs = vocabulary_.needs.find(other);
    if (needs != vocabulary_.needs.end() && names(needs->second, addon) && !project_.addon_sleep.contains(other))
      return "the addon '" + other + '\'';
  }
  return {};
}

}  // namespace gf::project
