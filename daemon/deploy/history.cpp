#include "deploy/history.hpp"

#include <algorithm>

#include "protocol/error.hpp"

namespace gf::deploy {

namespace {

std::string key_of(const std::string& project, const std::string& app) { return project + '/' + app; }

std::map<std::string, std::vector<Version>> read(const Json& json) {
  std::map<std::string, std::vector<Version>> apps;
  for (const auto& [app, list] : json.items())
    for (const auto& one : list) apps[app].push_back(version_from_json(one));
  return apps;
}

}  // namespace

History::History(Clock& clock, state::Document document)
    : clock_(clock), document_(std::move(document)), apps_(document_.load(read)) {}

std::string History::warning() const {
  return document_.warning("the history of versions", "it begins anew; what serves is not changed");
}

void History::save() {
  Json all = Json::object();
  for (const auto& [app, versions] : apps_) {
    all[app] = Json::array();
    for (const auto& one : versions) all[app].push_back(to_json(one));
  }
  document_.save(all);
}

/// The record of the image, made when there is none.
Version& History::take(const std::string& project, const std::string& app, const BuiltImage& image) {
  auto& versions = apps_[key_of(project, app)];
  const auto known =
      std::ranges::find_if(versions, [&](const Version& version) { return version.image.key == image.key; });
  if (known != versions.end()) {
    known->image.reference = image.reference;
    return *known;
  }
  Version made;
  made.image = image;
  made.when = clock_.wall_seconds();
  versions.insert(versions.begin(), std::move(made));
  if (versions.size() > kept_versions) versions.resize(kept_versions);
  return versions.front();
}

void History::note(const std::string& project, const std::string& app, const BuiltImage& image,
                   const source::Snapshot& seen) {
  auto& version = take(project, app, image);
  version.commit = seen.head.commit;
  version.dirty = seen.head.dirty;
  version.tree = seen.tree->digest().substr(0, 12);
  version.branches[seen.head.branch] = clock_.wall_seconds();
  save();
}

void History::start(const std::string& project, const std::string& app, const BuiltImage& image) {
  if (take(project, app, image).outcome == Outcome::serving) return;  // other settings at most
  auto& versions = apps_.at(key_of(project, app));
  for (auto& other : versions)
    if (other.outcome == Outcome::starting) other.outcome = Outcome::superseded;
  const auto known =
      std::ranges::find_if(versions, [&](const Version& version) { return version.image.key == image.key; });
  known->outcome = Outcome::starting;
  known->reason.clear();
  known->when = clock_.wall_seconds();
  std::rotate(versions.begin(), known, known + 1);
  save();
}

void History::serve(const std::string& project, const std::string& app, const Running& running) {
  take(project, app, running.image);
  for (auto& one : apps_.at(key_of(project, app))) {
    if (one.image.key == running.image.key) {
      one.outcome = Outcome::serving;
      one.reason.clear();
    } else if (one.outcome == Outcome::serving || one.outcome == Outcome::starting) {
      const bool left = one.image.key == running.passed_over;
      one.outcome = left                              ? Outcome::rolled_back
                    : one.outcome == Outcome::serving ? Outcome::replaced
                                                      : Outcome::superseded;
    }
  }
  save();
}

void History::fail(const std::string& project, const std::string& app, const std::string& key,
                   const std::string& reason) {
  for (auto& one : apps_[key_of(project, app)]) {
    if (one.image.key != key) continue;
    one.outcome = Outcome::failed;
    one.reason = reason;
  }
  save();
}

void History::settle(const std::string& project, const std::string& app, const Running& running) {
  const auto found = apps_.find(key_of(project, app));
  if (found == apps_.end()) return;
  bool changed = false;
  for (auto& one : found->second) {
    if (one.outcome != Outcome::starting || one.image.key == running.image.key) continue;
    const bool left = one.image.key == running.passed_over;
    one.outcome = left ? Outcome::failed : Outcome::superseded;
    if (left) one.reason = "it was put back, and gfd was ended before it could keep the reason";
    changed = true;
  }
  if (changed) save();
}

void History::leave(const std::string& project, const std::string& app) {
  for (auto& one : apps_[key_of(project, app)])
    if (one.outcome == Outcome::serving) one.outcome = Outcome::replaced;
  save();
}

void History::forget(const std::string& project) {
  std::erase_if(apps_, [&](const auto& entry) { return entry.first.starts_with(project + '/'); });
  save();
}

std::vector<Version> History::versions(const std::string& project, const std::string& app) const {
  const auto found = apps_.find(key_of(project, app));
  return found == apps_.end() ? std::vector<Version>() : found->second;
}

const Version* History::find(const std::string& project, const std::string& app, const std::string& key) const {
  const auto found = apps_.find(key_of(project, app));
  if (found == apps_.end()) return nullptr;
  const auto known = std::ranges::find_if(found->second, [&](const Version& one) { return one.image.key == key; });
  return known == found->second.end() ? nullptr : &*known;
}

const Version& History::one(const std::string& project, const std::string& app, const std::string& prefix) const {
  const auto found = apps_.find(key_of(project, app));
  const Version* known = nullptr;
  int matches = 0;
  std::string there;
  if (found != apps_.end())
    for (const auto& version : found->second) {
      there += (there.empty() ? "" : ", ") + version.image.key;
      if (version.image.key == prefix) return version;
      if (prefix.empty() || !version.image.key.starts_with(prefix)) continue;
      known = &version;
      ++matches;
    }
  if (matches == 1) return *known;
  throw Error(ErrorCode::not_found,
              "cannot find " + std::string(matches > 1 ? "just one" : "a") + " version of " + app +
                  " that begins with '" + prefix + '\'',
              "gf history " + app, there.empty() ? "there is none" : "there are: " + there);
}

const Version* History::serving(const std::string& project, const std::string& app) const {
  const auto found = apps_.find(key_of(project, app));
  if (found == apps_.end()) return nullptr;
  const auto known = std::ranges::find(found->second, Outcome::serving, &Version::outcome);
  return known == found->second.end() ? nullptr : &*known;
}

std::set<std::string> History::all_pinned() const {
  std::set<std::string> all;
  for (const auto& [app, versions] : apps_) all.merge(pinned(versions));
  return all;
}

double History::last_use(const std::string& reference) const {
  double when = 0;
  for (const auto& [app, versions] : apps_)
    for (const auto& one : versions)
      if (one.image.reference == reference) when = std::max(when, one.when);
  return when;
}

}  // namespace gf::deploy
