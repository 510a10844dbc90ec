#include "kube/current_api.hpp"

#include "protocol/error.hpp"

namespace gf::kube {

// Each call holds the API it began with: replacing the cluster does not pull it away from under a running request.

void CurrentKubeApi::set(std::shared_ptr<KubeApi> api) {
  if (api == api_) return;
  api_ = std::move(api);
  for (const auto& listener : listeners_) listener();
}

std::shared_ptr<KubeApi> CurrentKubeApi::need() const {
  if (!api_) throw Error(ErrorCode::cluster_unavailable, "cannot reach the cluster: there is none", "gf up");
  return api_;
}

Task<std::optional<Json>> CurrentKubeApi::get(std::string api_version, std::string kind, std::string space,
                                              std::string name) {
  const auto api = need();
  co_return co_await api->get(std::move(api_version), std::move(kind), std::move(space), std::move(name));
}

Task<std::vector<Json>> CurrentKubeApi::list(std::string api_version, std::string kind, std::string space,
                                             std::string labels) {
  const auto api = need();
  co_return co_await api->list(std::move(api_version), std::move(kind), std::move(space), std::move(labels));
}

Task<Json> CurrentKubeApi::apply(Json object) {
  const auto api = need();
  co_return co_await api->apply(std::move(object));
}

Task<std::optional<Json>> CurrentKubeApi::create(Json object) {
  const auto api = need();
  co_return co_await api->create(std::move(object));
}

Task<Json> CurrentKubeApi::patch(std::string api_version, std::string kind, std::string space, std::string name,
                                 std::string subresource, Json patch) {
  const auto api = need();
  co_return co_await api->patch(std::move(api_version), std::move(kind), std::move(space), std::move(name),
                                std::move(subresource), std::move(patch));
}

Task<> CurrentKubeApi::remove(std::string api_version, std::string kind, std::string space, std::string name) {
  const auto api = need();
  co_await api->remove(std::move(api_version), std::move(kind), std::move(space), std::move(name));
}

Task<> CurrentKubeApi::remove_all(std::string api_version, std::string kind, std::string space, std::string labels) {
  const auto api = need();
  co_await api->remove_all(std::move(api_version), std::move(kind), std::move(space), std::move(labels));
}

Task<> CurrentKubeApi::watch(std::string api_version, std::string kind, std::string space, std::string labels,
                             WatchSink on_event) {
  const auto api = need();
  co_await api->watch(std::move(api_version), std::move(kind), std::move(space), std::move(labels),
                      std::move(on_event));
}

Task<std::unique_ptr<http::ResponseStream>> CurrentKubeApi::logs(LogRequest wanted) {
  const auto api = need();
  co_return co_await api->logs(std::move(wanted));
}

Task<http::Response> CurrentKubeApi::ask_service(std::string space, std::string service, http::Request request) {
  const auto api = need();
  co_return co_await api->ask_service(std::move(space), std::move(service), std::move(request));
}

Task<std::vector<ResourceName>> CurrentKubeApi::kinds() {
  const auto api = need();
  co_return co_await api->kinds();
}

Task<bool> CurrentKubeApi::ready() {
  const auto api = need();
  co_return co_await api->ready();
}

}  // namespace gf::kube
