#pragma once
#include <memory>

#include "kube/kube_api.hpp"

namespace gf::kube {

/// The API of whatever cluster there is now. Rooms keep a reference to this one object while clusters come and go;
/// without a cluster every call throws Error(cluster_unavailable).
class CurrentKubeApi final : public KubeApi {
 public:
  void set(std::shared_ptr<KubeApi> api);
  /// Hears each time that there is another cluster, or none any more.
  void on_change(std::function<void()> listener) { listeners_.push_back(std::move(listener)); }
  bool available() const { return api_ != nullptr; }

  Task<std::optional<Json>> get(std::string api_version, std::string kind, std::string space,
                                std::string name) override;
  Task<std::vector<Json>> list(std::string api_version, std::string kind, std::string space,
                               std::string labels) override;
  Task<Json> apply(Json object) override;
  Task<std::optional<Json>> create(Json object) override;
  Task<Json> patch(std::string api_version, std::string kind, std::string space, std::string name,
                   std::string subresource, Json patch) override;
  Task<> remove(std::string api_version, std::string kind, std::string space, std::string name) override;
  Task<> remove_all(std::string api_version, std::string kind, std::string space, std::string labels) override;
  Task<> watch(std::string api_version, std::string kind, std::string space, std::string labels,
               WatchSink on_event) override;
  Task<std::unique_ptr<http::ResponseStream>> logs(LogRequest wanted) override;
  Task<http::Response> ask_service(std::string space, std::string service, http::Request request) override;
  Task<std::vector<ResourceName>> kinds() override;
  Task<bool> ready() override;

 private:
  std::shared_ptr<KubeApi> need() const;
  std::shared_ptr<KubeApi> api_;
  std::vector<std::function<void()>> listeners_;
};

}  // namespace gf::kube
