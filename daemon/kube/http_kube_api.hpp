#pragma once
#include "kube/kube_api.hpp"
#include "kube/resource_catalogue.hpp"

namespace gf::kube {

/// The Kubernetes API over HTTPS with a client certificate.
class HttpKubeApi final : public KubeApi {
 public:
  HttpKubeApi(Executor executor, Access access, Clock& clock);

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
  /// Sends, again and again while the server is busy; one that does not answer throws Error(cluster_unavailable).
  Task<http::Response> send(http::Request request);
  Task<std::unique_ptr<http::ResponseStream>> open(http::Request request);

  Clock& clock_;
  http::Client client_;
  ResourceCatalogue catalogue_;
};

}  // namespace gf::kube
