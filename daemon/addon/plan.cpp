#include "addon/plan.hpp"

#include <algorithm>

#include "protocol/error.hpp"

namespace gf::addon {

namespace {

/// "dev" is the small one; an addon without it comes in what it has.
std::string smallest(const AddonSpec& spec) {
  return spec.profiles.contains("dev") ? "dev" : spec.profiles.begin()->first;
}

void pull_in(const Catalogue& catalogue, const std::string& name, std::vector<std::string>& path,
             std::map<std::string, Chosen>& chosen) {
  if (std::ranges::find(path, name) != path.end())
    throw Error(ErrorCode::bad_config, "cannot order the addons: '" + name + "' requires itself in a circle");
  const auto& spec = catalogue.at(name);
  path.push_back(name);
  for (const auto& required : spec.requires_) {
    auto& entry = chosen[required];
    if (entry.profile.empty()) entry.profile = smallest(catalogue.at(required));
    entry.required_by.insert(name);
    pull_in(catalogue, required, path, chosen);
  }
  path.pop_back();
}

std::string listed(const std::set<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

std::map<std::string, Chosen> resolve(const Catalogue& catalogue, const Wants& wants) {
  std::map<std::string, Chosen> chosen;
  for (const auto& [name, who] : wants) {
    const auto& spec = catalogue.at(name);
    auto& entry = chosen[name];
    for (const auto& [one, profile] : who) {
      if (!spec.profiles.contains(profile)) {
        std::set<std::string> has;
        for (const auto& [known, unused] : spec.profiles) has.insert(known);
        throw Error(ErrorCode::bad_config, "cannot enable " + name + " in the profile '" + profile + "'",
                    "it comes in: " + listed(has));
      }
      entry.wanted_by.insert(one);
      if (entry.profile != "full") entry.profile = profile;
    }
  }
  const auto wanted = chosen;
  for (const auto& [name, unused] : wanted) {
    std::vector<std::string> path;
    pull_in(catalogue, name, path, chosen);
  }
  for (const auto& [name, unused] : chosen)
    for (const auto& other : catalogue.at(name).conflicts)
      if (chosen.contains(other))
        throw Error(ErrorCode::conflict, "cannot enable " + name + " together with " + other,
                    "gf addon disable " + other);
  return chosen;
}

Wants without(const Catalogue& catalogue, Wants wants, const std::string& name, const std::string& who, bool cascade) {
  catalogue.at(name);
  const auto before = resolve(catalogue, wants);
  const auto found = before.find(name);
  if (found == before.end()) return wants;
  if (!cascade) {
    auto needed_by = found->second.required_by;
    for (const auto& one : found->second.wanted_by)
      if (one != who) needed_by.insert(one);
    if (!needed_by.empty())
      throw Error(ErrorCode::addon_in_use, "cannot disable " + name + ": " + listed(needed_by) + " still needs it",
                  "gf addon disable " + name + " --cascade disables those too");
    wants.erase(name);
    return wants;
  }
  for (const auto& dependent : found->second.required_by)
    wants = without(catalogue, std::move(wants), dependent, who, true);
  wants.erase(name);
  return wants;
}

void admit(const Catalogue& catalogue, const std::map<std::string, Chosen>& to_start, int free_mib, int reserve_mib) {
  int needed = 0, smaller = 0;
  std::string sizes;
  for (const auto& [name, entry] : to_start) {
    const auto& spec = catalogue.at(name);
    const int mib = spec.profiles.at(entry.profile).memory_mib;
    needed += mib;
    smaller += spec.profiles.at(smallest(spec)).memory_mib;
    sizes += name + " (" + entry.profile + "): " + std::to_string(mib) + " MiB\n";
  }
  const int left = std::max(0, free_mib - reserve_mib);
  if (to_start.empty() || needed <= left) return;
  throw Error(ErrorCode::not_enough_memory,
              "cannot start the addons: they need " + std::to_string(needed) + " MiB, and " + std::to_string(left) +
                  " MiB are free",
              smaller <= left ? "the dev profiles need only " + std::to_string(smaller) + " MiB: set `profile: dev`"
                              : "close something, or disable an addon: gf addon list",
              sizes + "kept for everything else: " + std::to_string(reserve_mib) + " MiB");
}

}  // namespace gf::addon
