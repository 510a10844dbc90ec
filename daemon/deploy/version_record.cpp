#include "deploy/version_record.hpp"

#include <algorithm>
#include <array>

#include "protocol/error.hpp"

namespace gf::deploy {

namespace {

constexpr std::array outcomes{Outcome::built,       Outcome::starting, Outcome::serving,   Outcome::replaced,
                              Outcome::rolled_back, Outcome::failed,   Outcome::superseded};

Outcome outcome_from(const std::string& text) {
  for (const auto outcome : outcomes)
    if (name(outcome) == text) return outcome;
  throw Error(ErrorCode::internal, "cannot read the outcome '" + text + "'");
}

}  // namespace

std::string_view name(Outcome outcome) {
  switch (outcome) {
    case Outcome::built:
      return "built";
    case Outcome::starting:
      return "starting";
    case Outcome::serving:
      return "serving";
    case Outcome::replaced:
      return "replaced";
    case Outcome::rolled_back:
      return "rolled-back";
    case Outcome::failed:
      return "failed";
    case Outcome::superseded:
      return "superseded";
  }
  return "built";
}

std::string branch_of(const Version& version) {
  const auto newest = std::ranges::max_element(version.branches, {}, [](const auto& entry) { return entry.second; });
  return newest == version.branches.end() ? "" : newest->first;
}

Json to_json(const Version& version) {
  Json json;
  json["version"] = version.image.key;
  json["image"] = version.image.reference;
  json["commit"] = version.commit;
  json["tree"] = version.tree;
  json["dirty"] = version.dirty;
  json["branch"] = branch_of(version);
  json["branches"] = version.branches;
  json["when"] = version.when;
  json["outcome"] = name(version.outcome);
  json["reason"] = version.reason;
  return json;
}

Version version_from_json(const Json& json) {
  Version version;
  version.image = {json.at("image"), json.at("version")};
  version.commit = json.at("commit");
  version.tree = json.at("tree");
  version.dirty = json.at("dirty");
  version.branches = json.at("branches").get<std::map<std::string, double>>();
  version.when = json.at("when");
  version.outcome = outcome_from(json.at("outcome"));
  version.reason = json.at("reason");
  return version;
}

std::set<std::string> pinned(const std::vector<Version>& versions) {
  std::map<std::string, std::vector<std::pair<double, std::string>>> branches;
  for (const auto& one : versions)
    for (const auto& [branch, when] : one.branches) branches[branch].emplace_back(when, one.image.reference);
  std::set<std::string> references;
  for (auto& [branch, list] : branches) {
    std::ranges::sort(list, std::greater<>());
    for (std::size_t i = 0; i < std::min(list.size(), pinned_versions); ++i) references.insert(list[i].second);
  }
  return references;
}

}  // namespace gf::deploy
