#include "kube/resource_catalogue.hpp"

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
    found.emplace(kind, ResourceName{api_version, kind, plural, item.value("namespaced", true)});
  }
  return found;
}

Task<ResourceName> ResourceCatalogue::find(std::string api_version, std::string kind) {
  if (const auto group = known_.find(api_version); group != known_.end())
    if (const auto found = group->second.find(kind); found != group->second.end()) co_return found->second;
  http::Request request;
  request.target = group_path(api_version);
  auto sending = send_(std::move(request));
  const auto response = co_await std::move(sending);
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
