#pragma once
#include <map>
#include <set>

#include "deploy/version.hpp"

namespace gf::deploy {

/// What became of a version.
///   built ─▶ starting ─▶ serving ─▶ replaced | rolled_back
///                  └─▶ failed | superseded          (each may be started again)
enum class Outcome {
  built,        ///< its image is there
  starting,     ///< its replicas come up; still so after a daemon was killed, which the next one goes on with
  serving,      ///< its replicas were ready, and nothing came after it
  replaced,     ///< a later one became ready
  rolled_back,  ///< somebody went back from it
  failed,       ///< its replicas did not become ready
  superseded,   ///< a later one came before it was ready
};

/// A version of an app: an image and the state of the checkout that it came from last.
struct Version {
  BuiltImage image;
  std::string commit, tree;  ///< tree: names the state, unsaved changes included
  bool dirty = false;
  std::map<std::string, double> branches;  ///< branch ("" = detached) → when the checkout asked for it there
  double when = 0;                         ///< it came in last, seconds since the epoch
  Outcome outcome = Outcome::built;
  std::string reason;  ///< of a failure, for people
};

std::string_view name(Outcome outcome);
Json to_json(const Version& version);
/// Throws Json's own exceptions for another shape.
Version version_from_json(const Json& json);
/// Pure: the branch that asked for it last.
std::string branch_of(const Version& version);

/// How many of an app are kept, and how many of each of its branches images are kept of.
inline constexpr std::size_t kept_versions = 60, shown_versions = 20, pinned_versions = 3;

/// Pure: the references of the newest versions of each branch.
std::set<std::string> pinned(const std::vector<Version>& versions);

}  // namespace gf::deploy
