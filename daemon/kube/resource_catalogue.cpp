#include "kube/resource_catalogue.hpp"

#include <algorithm>
#include <set>

#include "protocol/error.hpp"

namespace gf::kube {

std::string group_path(const std::string& api_version) {
  return (api_version.find('/') == std::string::npos ? "/api/" : "/apis/") + api_version;
}

std::string resource_path(const ResourceName& resource, const std::string& space, const std::string& name) {
  std::string path = group_path(resource.api_version);
  if (resource.namespaced && !space.empty()) path += "/namespaces/" + http::percent_encode(space);
  path += '/' + resource.plural;
  if (!name.empty()) path += '/' + http::percent_encode(name);
  return path;
}

std::map<std::string, ResourceName> read_resources(const std::string& api_version, const Json& list) {
  std::map<std::string, ResourceName> found;
  for (const auto& item : list.value("resources", Json::array())) {
    const auto plural = item.value("name", "");
    if (plural.empty() || plural.find('/') != std::string::npos) continue;
    const auto kind = item.value("kind", "");
    const auto verbs = item.value("verbs", std::vector<std::string>());
    const auto has = [&](const char* verb) { return std::ranges::find(verbs, verb) != verbs.end(); };
    found.emplace(
        kind, ResourceName{api_version, kind, plural, item.value("namespaced", true), has("list") && has("create")});
  }
  return found;
}

std::vector<std::string> read_versions(const Json& list) {
  std::vector<std::string> preferred, others;
  for (const auto& group : list.value("groups", Json::array())) {
    const auto best = group.value("preferredVersion", Json::object()).value("groupVersion", "");
    if (!best.empty()) preferred.push_back(best);
    for (const auto& one : group.value("versions", Json::array()))
      if (const auto version = one.value("groupVersion", ""); version != best) others.push_back(version);
  }
  preferred.insert(preferred.end(), others.begin(), others.end());
  return preferred;
}

Task<http::Response> ResourceCatalogue::ask(std::string target) {
  http::Request request;
  request.target = std::move(target);
  auto sending = send_(std::move(request));
  co_return co_await std::move(sending);
}

Task<std::vector<ResourceName>> ResourceCatalogue::keepable() {
  auto asking = ask("/apis");
  const auto groups = co_await std::move(asking);
  if (groups.status != 200)
    throw Error(ErrorCode::cluster_unavailable, "cannot ask the cluster for its kinds", {}, groups.body);
  auto versions = read_versions(parse_json(groups.body, "the list of groups"));
  versions.insert(versions.begin(), "v1");
  std::vector<ResourceName> found;
  std::set<std::string> seen;
  for (const auto& version : versions) {
    auto listing = ask(group_path(version));
    const auto response = co_await std::move(listing);
    if (response.status == 404 || response.status == 503) continue;  // behind a server that is gone, or gone since
    if (response.status != 200)
      throw Error(ErrorCode::cluster_unavailable, "cannot ask the cluster for its kinds", {}, response.body);
    const auto slash = version.find('/');
    const auto group = slash == std::string::npos ? std::string() : version.substr(0, slash);
    for (const auto& [kind, resource] : read_resources(version, parse_json(response.body, "the list of kinds")))
      if (seen.insert(group + '/' + kind).second && resource.keepable) found.push_back(resource);
  }
  co_return found;
}

Task<ResourceName> ResourceCatalogue::find(std::string api_version, std::string kind) {
  if (const auto group = known_.find(api_version); group != known_.end())
    if (const auto found = group->second.find(kind); found != group->second.end()) co_return found->second;
  auto asking = ask(group_path(api_version));
  const auto response = co_await std::move(asking);
  if (response.status == 200)
    known_[api_version] = read_resources(api_version, parse_json(response.body, "the list of kinds"));
  else if (response.status != 404)
    throw Error(ErrorCode::cluster_unavailable, "cannot ask the cluster for its kinds", {}, response.body);
  const auto& group = known_[api_version];
  const auto found = group.find(kind);
  if (found == group.end())
    throw Error(ErrorCode::not_found, "cannot find the kind " + kind + " of " + api_version + " in the cluster");
  co_return found->second;
}

}  // namespace gf::kube
