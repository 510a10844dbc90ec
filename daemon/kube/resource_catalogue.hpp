#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "http/message.hpp"
#include "kube/kube_api.hpp"

namespace gf::kube {

/// The path of a group version: "v1" → "/api/v1", "apps/v1" → "/apis/apps/v1".
std::string group_path(const std::string& api_version);
/// The path of the collection, or of one object when `name` is given. `space` is ignored for cluster-wide kinds.
std::string resource_path(const ResourceName& resource, const std::string& space, const std::string& name = {});
/// Pure: the kinds of a server's APIResourceList; subresources are left out.
std::map<std::string, ResourceName> read_resources(const std::string& api_version, const Json& list);

/// Pure: the versions of a server's APIGroupList, those that their groups prefer first.
std::vector<std::string> read_versions(const Json& list);

/// What the server serves, asked once for each group version and asked again when a kind is not in the answer: custom
/// resources appear while we run.
class ResourceCatalogue {
 public:
  using Send = std::function<Task<http::Response>(http::Request)>;
  explicit ResourceCatalogue(Send send) : send_(std::move(send)) {}
  /// Throws Error(not_found) for a kind that the server lacks.
  Task<ResourceName> find(std::string api_version, std::string kind);
  /// Those that can be listed and created, each in one version. Asks the server each time.
  Task<std::vector<ResourceName>> keepable();

 private:
  Task<http::Response> ask(std::string target);

  Send send_;
  std::map<std::string, std::map<std::string, ResourceName>> known_;
};

}  // namespace gf::kube
