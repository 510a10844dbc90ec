#include "deploy/mesh_objects.hpp"

#include <algorithm>

#include "deploy/app_objects.hpp"
#include "manifest/transform.hpp"

namespace gf::deploy {

namespace {

constexpr const char* networking = "networking.istio.io/v1";
constexpr const char* filters = "networking.istio.io/v1alpha3";
constexpr const char* security = "security.istio.io/v1";
constexpr const char* gateway = "istio-system/ingress";
constexpr const char* gateway_identity = "cluster.local/ns/istio-system/sa/istio-ingress";

/// As protocol buffers write it, which all of Istio's objects take.
std::string seconds(std::chrono::milliseconds time) {
  const auto whole = std::to_string(time.count() / 1000);
  const auto rest = std::to_string(1000 + time.count() % 1000).substr(1);
  return whole + (rest == "000" ? "s" : '.' + rest + 's');
}

std::string host_of(const std::string& project, const std::string& app) {
  return app + '.' + project + ".svc.cluster.local";
}

Json object(const char* api_version, const char* kind, const std::string& project, const AppSpec& app) {
  Json one;
  one["apiVersion"] = api_version;
  one["kind"] = kind;
  one["metadata"]["name"] = app.name;
  one["metadata"]["namespace"] = project;
  one["metadata"]["labels"] = labels_of(project, app.name);
  return one;
}

Json selector(const std::string& project, const std::string& app) {
  Json labels;
  labels[project_label] = project;
  labels[app_label] = app;
  return labels;
}

Json destination(const std::string& project, const std::string& app, int weight, const std::vector<AppSpec>& apps) {
  const auto found = std::ranges::find(apps, app, &AppSpec::name);
  Json one;
  one["destination"]["host"] = host_of(project, app);
  one["destination"]["port"]["number"] = found->port;
  one["weight"] = weight;
  return one;
}

Json fault(const MeshFault& told) {
  Json fault = Json::object();
  if (told.delay_percent > 0) {
    fault["delay"]["percentage"]["value"] = told.delay_percent;
    fault["delay"]["fixedDelay"] = seconds(told.delay);
  }
  if (told.abort_percent > 0) {
    fault["abort"]["percentage"]["value"] = told.abort_percent;
    fault["abort"]["httpStatus"] = told.abort_status;
  }
  return fault;
}

Json retries(const MeshRetries& told) {
  Json retries;
  retries["attempts"] = told.attempts;
  if (told.per_try_timeout.count() > 0) retries["perTryTimeout"] = seconds(told.per_try_timeout);
  std::string on;
  for (const auto& condition : told.on) on += (on.empty() ? "" : ",") + condition;
  if (!on.empty()) retries["retryOn"] = on;
  return retries;
}

Json route(const std::string& project, const AppSpec& app, const MeshRoute& told, const std::vector<AppSpec>& apps) {
  Json route;
  Json match = Json::object();
  if (!told.path.empty()) match["uri"]["prefix"] = told.path;
  for (const auto& [header, value] : told.headers) match["headers"][header]["exact"] = value;
  if (!match.empty()) route["match"] = Json::array({match});
  for (const auto& [target, weight] : told.to) route["route"].push_back(destination(project, target, weight, apps));
  if (app.mesh.timeout.count() > 0) route["timeout"] = seconds(app.mesh.timeout);
  if (app.mesh.retries) route["retries"] = retries(*app.mesh.retries);
  if (app.mesh.fault) route["fault"] = fault(*app.mesh.fault);
  return route;
}

Json virtual_service(const std::string& project, const AppSpec& app, const std::vector<AppSpec>& apps) {
  auto one = object(networking, "VirtualService", project, app);
  auto& spec = one["spec"];
  spec["hosts"] = Json::array({host_of(project, app.name)});
  spec["gateways"] = Json::array({"mesh"});
  if (app.mesh.gateway) {
    spec["gateways"].push_back(gateway);
    spec["hosts"].push_back(app.name + '.' + project + ".localhost");
    for (const auto& host : app.mesh.hosts) spec["hosts"].push_back(host);
  }
  auto routes = app.mesh.routes;
  auto is_default = [](const MeshRoute& told) { return told.path.empty() && told.headers.empty(); };
  if (std::ranges::none_of(routes, is_default)) routes.push_back({{}, {}, {{app.name, 100}}});
  for (const auto& told : routes) spec["http"].push_back(route(project, app, told, apps));
  return one;
}

Json destination_rule(const std::string& project, const AppSpec& app) {
  const auto& told = *app.mesh.circuit_breaking;
  auto one = object(networking, "DestinationRule", project, app);
  one["spec"]["host"] = host_of(project, app.name);
  auto& policy = one["spec"]["trafficPolicy"];
  if (told.connections > 0) policy["connectionPool"]["tcp"]["maxConnections"] = told.connections;
  if (told.pending_requests > 0) policy["connectionPool"]["http"]["http1MaxPendingRequests"] = told.pending_requests;
  if (told.requests > 0) policy["connectionPool"]["http"]["http2MaxRequests"] = told.requests;
  if (told.outlier) {
    auto& outlier = policy["outlierDetection"];
    outlier["consecutive5xxErrors"] = told.outlier->errors;
    outlier["interval"] = seconds(told.outlier->interval);
    outlier["baseEjectionTime"] = seconds(told.outlier->ejection);
    outlier["maxEjectionPercent"] = told.outlier->max_percent;
  }
  return one;
}

/// Who an app is for others; while it may have a new version, that one as well.
std::vector<std::string> identities(const std::string& project, const std::string& from,
                                    const std::vector<AppSpec>& apps) {
  if (from == "gateway") return {gateway_identity};
  const auto identity = "cluster.local/ns/" + project + "/sa/" + from;
  std::vector<std::string> all = {identity};
  if (std::ranges::find(apps, from + "-next", &AppSpec::name) != apps.end()) all.push_back(identity + "-next");
  return all;
}

/// With rules: who fits one may call. Without any: nobody.
Json authorization_policy(const std::string& project, const AppSpec& app, const std::vector<AppSpec>& apps) {
  auto one = object(security, "AuthorizationPolicy", project, app);
  one["spec"]["selector"]["matchLabels"] = selector(project, app.name);
  one["spec"]["action"] = "ALLOW";
  for (const auto& told : *app.mesh.allow) {
    Json callers = Json::array();
    for (const auto& from : told.from)
      for (const auto& identity : identities(project, from, apps)) callers.push_back(identity);
    Json source, rule, operation = Json::object();
    source["source"]["principals"] = callers;
    rule["from"] = Json::array({source});
    if (!told.methods.empty()) operation["methods"] = told.methods;
    if (!told.paths.empty()) operation["paths"] = told.paths;
    if (!operation.empty()) {
      Json to;
      to["operation"] = operation;
      rule["to"] = Json::array({to});
    }
    one["spec"]["rules"].push_back(std::move(rule));
  }
  return one;
}

/// Istio has no object of its own for it: Envoy's filter, before all others of the app's own sidecars.
Json rate_limit(const std::string& project, const AppSpec& app) {
  Json always;
  always["default_value"]["numerator"] = 100;
  always["default_value"]["denominator"] = "HUNDRED";
  Json config;
  config["@type"] = "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit";
  config["stat_prefix"] = "rate_limit";
  config["token_bucket"]["max_tokens"] = app.mesh.rate_limit->requests;
  config["token_bucket"]["tokens_per_fill"] = app.mesh.rate_limit->requests;
  config["token_bucket"]["fill_interval"] = seconds(app.mesh.rate_limit->per);
  config["filter_enabled"] = always;
  config["filter_enforced"] = always;
  Json patch;
  patch["applyTo"] = "HTTP_FILTER";
  patch["match"]["context"] = "SIDECAR_INBOUND";
  patch["match"]["listener"]["filterChain"]["filter"]["name"] = "envoy.filters.network.http_connection_manager";
  patch["patch"]["operation"] = "INSERT_FIRST";
  patch["patch"]["value"]["name"] = "envoy.filters.http.local_ratelimit";
  patch["patch"]["value"]["typed_config"] = config;
  auto one = object(filters, "EnvoyFilter", project, app);
  one["spec"]["workloadSelector"]["labels"] = selector(project, app.name);
  one["spec"]["configPatches"] = Json::array({patch});
  return one;
}

/// For the whole namespace, whichever app brings it.
Json strict(const std::string& project) {
  Json one;
  one["apiVersion"] = security;
  one["kind"] = "PeerAuthentication";
  one["metadata"]["name"] = "default";
  one["metadata"]["namespace"] = project;
  one["metadata"]["labels"]["app.kubernetes.io/managed-by"] = "greenfield";
  one["spec"]["mtls"]["mode"] = "STRICT";
  return one;
}

}  // namespace

std::map<std::string, std::string> mesh_namespace_labels() {
  // What turns the pod's traffic into the sidecar begins as root with NET_ADMIN, which no stricter level allows.
  return {{"istio-injection", "enabled"}, {"pod-security.kubernetes.io/enforce", "privileged"}};
}

void join_mesh(std::vector<Json>& objects, const std::string& project, const AppSpec& app) {
  for (auto& one : objects) {
    if (one.value("kind", "") == "Service")
      for (auto& port : one["spec"]["ports"])
        if (port.value("port", 0) == app.port && !port.contains("appProtocol")) port["appProtocol"] = app.mesh.protocol;
    auto* pods = manifest::pod_template(one);
    if (!pods) continue;
    (*pods)["metadata"]["labels"]["sidecar.istio.io/inject"] = "true";
    auto& spec = (*pods)["spec"];
    if (!spec.contains("serviceAccountName")) spec["serviceAccountName"] = app.name;
  }
  auto account = object("v1", "ServiceAccount", project, app);
  account["automountServiceAccountToken"] = false;
  objects.push_back(std::move(account));
}

std::vector<Json> mesh_objects(const std::string& project, const AppSpec& app, const std::vector<AppSpec>& apps) {
  std::vector<Json> objects;
  objects.push_back(strict(project));
  if (app.port == 0) return objects;
  const auto& mesh = app.mesh;
  if (mesh.protocol != "tcp") objects.push_back(virtual_service(project, app, apps));
  if (mesh.circuit_breaking) objects.push_back(destination_rule(project, app));
  if (mesh.allow) objects.push_back(authorization_policy(project, app, apps));
  if (mesh.rate_limit) objects.push_back(rate_limit(project, app));
  return objects;
}

std::vector<MeshObjectName> outdated_mesh_objects(const std::string& app, const std::vector<Json>& wanted) {
  std::vector<MeshObjectName> all = {{networking, "VirtualService", app},
                                     {networking, "DestinationRule", app},
                                     {security, "AuthorizationPolicy", app},
                                     {filters, "EnvoyFilter", app},
                                     {security, "PeerAuthentication", "default"}};
  std::erase_if(all, [&](const auto& one) {
    return std::ranges::any_of(wanted, [&](const auto& object) { return object.value("kind", "") == one.kind; });
  });
  return all;
}

}  // namespace gf::deploy
