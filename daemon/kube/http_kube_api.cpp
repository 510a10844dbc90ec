#include "kube/http_kube_api.hpp"

#include "kube/watcher.hpp"
#include "protocol/error.hpp"

namespace gf::kube {

namespace {

/// What the server said in its Status object, or its raw words.
std::string words(const std::string& body) {
  const auto status = Json::parse(body, nullptr, false);
  return status.is_object() ? status.value("message", body) : body;
}

[[noreturn]] void refuse(const std::string& what, const http::Response& response) {
  throw Error(response.status == 404 ? ErrorCode::not_found : ErrorCode::internal,
              "cannot " + what + ": the cluster answered " + std::to_string(response.status), {}, words(response.body));
}

std::string describe(const std::string& kind, const std::string& space, const std::string& name) {
  return kind + ' ' + (space.empty() ? name : space + '/' + name);
}

std::string with_labels(std::string path, const std::string& labels) {
  return labels.empty() ? path : path + "?labelSelector=" + http::percent_encode(labels);
}

/// A server that is busy, or makes the store of a new kind, says so, and has done nothing: ask again, as client-go
/// does.
constexpr int too_many_requests = 429, most_tries = 30;
constexpr auto busy_pause = std::chrono::seconds(1);  // what its Retry-After says

/// What `asking` answers; a connection that fails is the cluster's that cannot be reached.
template <class T>
Task<T> answered(Task<T> asking) {
  try {
    co_return co_await std::move(asking);
  } catch (const boost::system::system_error& error) {
    if (error.code() == net::error::operation_aborted) throw;
    throw Error(ErrorCode::cluster_unavailable, "cannot reach the cluster's API: " + error.code().message(),
                "gf status");
  }
}

}  // namespace

std::unique_ptr<KubeApi> make_kube_api(Executor executor, Access access, Clock& clock) {
  return std::make_unique<HttpKubeApi>(executor, std::move(access), clock);
}

HttpKubeApi::HttpKubeApi(Executor executor, Access access, Clock& clock)
    : clock_(clock),
      client_(executor, std::move(access.endpoint)),
      catalogue_([this](http::Request request) { return send(std::move(request)); }) {}

Task<http::Response> HttpKubeApi::send(http::Request request) {
  for (int tries = 1;; ++tries) {
    auto sending = answered(client_.send(request));
    auto response = co_await std::move(sending);
    if (response.status != too_many_requests || tries == most_tries) co_return response;
    auto sleeping = clock_.sleep_for(busy_pause);
    co_await std::move(sleeping);
  }
}

Task<std::unique_ptr<http::ResponseStream>> HttpKubeApi::open(http::Request request) {
  return answered(client_.open(std::move(request)));
}

Task<std::optional<Json>> HttpKubeApi::get(std::string api_version, std::string kind, std::string space,
                                           std::string name) {
  auto finding = catalogue_.find(std::move(api_version), kind);
  const auto resource = co_await std::move(finding);
  http::Request request;
  request.target = resource_path(resource, space, name);
  auto sending = send(std::move(request));
  const auto response = co_await std::move(sending);
  if (response.status == 404) co_return std::nullopt;
  if (response.status != 200) refuse("read " + describe(kind, space, name), response);
  co_return parse_json(response.body, "the cluster's answer");
}

Task<std::vector<Json>> HttpKubeApi::list(std::string api_version, std::string kind, std::string space,
                                          std::string labels) {
  auto finding = catalogue_.find(api_version, kind);
  const auto resource = co_await std::move(finding);
  http::Request request;
  request.target = with_labels(resource_path(resource, space), labels);
  auto sending = send(std::move(request));
  const auto response = co_await std::move(sending);
  if (response.status != 200) refuse("list " + resource.plural, response);
  auto body = parse_json(response.body, "the cluster's answer");
  std::vector<Json> objects;
  for (auto& item : body["items"]) {  // items of a list do not say what they are
    item["apiVersion"] = api_version;
    item["kind"] = kind;
    objects.push_back(std::move(item));
  }
  co_return objects;
}

Task<Json> HttpKubeApi::apply(Json object) {
  const auto kind = object.value("kind", "");
  const auto name = object["metadata"].value("name", "");
  const auto space = object["metadata"].value("namespace", "");
  auto finding = catalogue_.find(object.value("apiVersion", ""), kind);
  const auto resource = co_await std::move(finding);
  http::Request request;
  request.method = "PATCH";
  request.target = resource_path(resource, space, name) + "?fieldManager=greenfield&force=true";
  request.headers.set("Content-Type", "application/apply-patch+yaml");  // JSON is YAML
  request.body = dump(object);
  auto sending = send(std::move(request));
  const auto response = co_await std::move(sending);
  if (response.status != 200 && response.status != 201) refuse("apply " + describe(kind, space, name), response);
  co_return parse_json(response.body, "the cluster's answer");
}

Task<std::optional<Json>> HttpKubeApi::create(Json object) {
  const auto kind = object.value("kind", "");
  const auto name = object["metadata"].value("name", "");
  const auto space = object["metadata"].value("namespace", "");
  auto finding = catalogue_.find(object.value("apiVersion", ""), kind);
  const auto resource = co_await std::move(finding);
  http::Request request;
  request.method = "POST";
  request.target = resource_path(resource, space) + "?fieldManager=greenfield";
  request.headers.set("Content-Type", "application/json");
  request.body = dump(object);
  auto sending = send(std::move(request));
  const auto response = co_await std::move(sending);
  if (response.status == 409) co_return std::nullopt;
  if (response.status != 201) refuse("create " + describe(kind, space, name), response);
  co_return parse_json(response.body, "the cluster's answer");
}

Task<Json> HttpKubeApi::patch(std::string api_version, std::string kind, std::string space, std::string name,
                              std::string subresource, Json patch) {
  auto finding = catalogue_.find(std::move(api_version), kind);
  const auto resource = co_await std::move(finding);
  http::Request request;
  request.method = "PATCH";
  request.target = resource_path(resource, space, name) + (subresource.empty() ? "" : '/' + subresource);
  // A pod's conditions are a list merged by type: a plain merge patch would wipe the kubelet's.
  const bool strategic = kind == "Pod" && subresource == "status";
  request.headers.set("Content-Type",
                      strategic ? "application/strategic-merge-patch+json" : "application/merge-patch+json");
  request.body = dump(patch);
  auto sending = send(std::move(request));
  const auto response = co_await std::move(sending);
  if (response.status != 200) refuse("change " + describe(kind, space, name), response);
  co_return parse_json(response.body, "the cluster's answer");
}

Task<> HttpKubeApi::remove(std::string api_version, std::string kind, std::string space, std::string name) {
  auto finding = catalogue_.find(std::move(api_version), kind);
  const auto resource = co_await std::move(finding);
  http::Request request;
  request.method = "DELETE";
  request.target = resource_path(resource, space, name) + "?propagationPolicy=Background";
  auto sending = send(std::move(request));
  const auto response = co_await std::move(sending);
  if (response.status != 200 && response.status != 202 && response.status != 404)
    refuse("remove " + describe(kind, space, name), response);
}

Task<> HttpKubeApi::remove_all(std::string api_version, std::string kind, std::string space, std::string labels) {
  // One by one: several kinds (Service among them) have no delete of a collection on every server.
  auto listing = list(api_version, kind, space, labels);
  const auto objects = co_await std::move(listing);
  for (const auto& object : objects) {
    const auto& metadata = object["metadata"];
    auto removing = remove(api_version, kind, metadata.value("namespace", ""), metadata.value("name", ""));
    co_await std::move(removing);
  }
}

Task<> HttpKubeApi::watch(std::string api_version, std::string kind, std::string space, std::string labels,
                          WatchSink on_event) {
  Watcher::Source source;
  source.resource = [this, api_version, kind] { return catalogue_.find(api_version, kind); };
  source.open = [this](http::Request request) { return open(std::move(request)); };
  source.send = [this](http::Request request) { return send(std::move(request)); };
  Watcher watcher(std::move(source), clock_, std::move(space), std::move(labels), std::move(on_event));
  auto running = watcher.run();
  co_await std::move(running);
}

Task<std::unique_ptr<http::ResponseStream>> HttpKubeApi::logs(LogRequest wanted) {
  http::Request request;
  request.target = "/api/v1/namespaces/" + http::percent_encode(wanted.space) + "/pods/" +
                   http::percent_encode(wanted.pod) + "/log?container=" + http::percent_encode(wanted.container);
  if (wanted.follow) request.target += "&follow=true";
  if (wanted.tail >= 0) request.target += "&tailLines=" + std::to_string(wanted.tail);
  if (wanted.previous) request.target += "&previous=true";
  if (wanted.since > 0) request.target += "&sinceSeconds=" + std::to_string(wanted.since);
  if (wanted.timestamps) request.target += "&timestamps=true";
  auto opening = open(std::move(request));
  auto stream = co_await std::move(opening);
  if (stream->head().status != 200) {
    http::Response answer = stream->head();
    for (;;) {
      auto reading = stream->read();
      const auto piece = co_await std::move(reading);
      if (!piece) break;
      answer.body += *piece;
    }
    refuse("read the log of " + wanted.space + '/' + wanted.pod, answer);
  }
  co_return stream;
}

Task<http::Response> HttpKubeApi::ask_service(std::string space, std::string service, http::Request request) {
  request.target =
      "/api/v1/namespaces/" + http::percent_encode(space) + "/services/http:" + service + "/proxy" + request.target;
  auto sending = send(std::move(request));
  co_return co_await std::move(sending);
}

Task<std::vector<ResourceName>> HttpKubeApi::kinds() { return catalogue_.keepable(); }

Task<bool> HttpKubeApi::ready() {
  http::Request request;
  request.target = "/readyz";
  auto sending = send(std::move(request));
  const auto response = co_await std::move(sending);
  co_return response.status == 200;
}

}  // namespace gf::kube
