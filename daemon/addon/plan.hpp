#pragma once
#include <set>

#include "addon/catalogue.hpp"

namespace gf::addon {

/// Who asks for an addon by name, and in which profile: "user", "project/shop".
using Wants = std::map<std::string, std::map<std::string, std::string>>;  ///< addon → who → profile

/// An addon that shall run.
struct Chosen {
  std::string profile;
  std::set<std::string> wanted_by;    ///< who asked for it by name
  std::set<std::string> required_by;  ///< addons that need it
};

/// Pure: everything that shall run: what is wanted and what that requires. `full` wins over `dev`; a required addon
/// comes in its smallest profile. Throws Error(not_found) for an unknown name, Error(bad_config) for a profile that it
/// does not come in, Error(conflict) for two that cannot run together, Error(bad_config) for a circle.
std::map<std::string, Chosen> resolve(const Catalogue& catalogue, const Wants& wants);

/// Pure: `wants` without those of `who` for `name` (and of everybody, and of all that needs it, with `cascade`).
/// Throws Error(addon_in_use) naming what still needs it.
Wants without(const Catalogue& catalogue, Wants wants, const std::string& name, const std::string& who, bool cascade);

/// Pure: holds the memory of what is to start against what is free, keeping `reserve_mib` for everything else.
/// Throws Error(not_enough_memory) with the numbers and, when there is one, a smaller offer.
void admit(const Catalogue& catalogue, const std::map<std::string, Chosen>& to_start, int free_mib, int reserve_mib);

}  // namespace gf::addon
