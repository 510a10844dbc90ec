#include "project/mesh_reader.hpp"

#include <algorithm>
#include <numeric>
#include <regex>

#include "project/keys.hpp"
#include "protocol/json.hpp"

namespace gf::project {

namespace {

const std::vector<std::string>& keys(const char* part) { return known_keys().at(part); }

const std::vector<std::string> retriable = {"5xx",
                                            "gateway-error",
                                            "reset",
                                            "reset-before-request",
                                            "connect-failure",
                                            "refused-stream",
                                            "retriable-4xx",
                                            "cancelled",
                                            "deadline-exceeded",
                                            "internal",
                                            "resource-exhausted",
                                            "unavailable"};
const std::vector<std::string> methods = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

bool is_one_of(const std::string& text, const std::vector<std::string>& all) {
  return std::ranges::find(all, text) != all.end();
}

}  // namespace

MeshSpec MeshReader::read(const AppSpec& app, const YAML::Node& node) {
  MeshSpec mesh;
  if (!in_.open(node, "'mesh'", keys("mesh"))) return mesh;
  if (!in_mesh(project_))
    in_.complain(node, "'mesh' needs the addon istio: add 'istio: {}' under 'addons', or remove 'mesh'");
  if (app.port == 0) in_.complain(node, "'mesh' needs the app's 'port'");
  mesh.protocol = in_.choice(node, "protocol", {"http", "http2", "grpc", "tcp"}, "http");
  mesh.gateway = in_.choice(node, "gateway", {"true", "false"}, mesh.protocol == "tcp" ? "false" : "true") == "true";
  mesh.hosts = in_.texts(node, "hosts");
  for (const auto& host : mesh.hosts)
    if (static const std::regex shape("([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?");
        !std::regex_match(host, shape))
      in_.complain(node["hosts"], "'hosts' must hold names such as shop.example, not '" + host + "'");
  read_traffic(node, mesh);
  if (node["allow"].IsDefined()) mesh.allow = read_allow(node["allow"]);
  if (node["routes"].IsDefined()) read_routes(app, node["routes"], mesh);
  check_protocol(node, mesh);
  check_gateway(app, node, mesh);
  return mesh;
}

void MeshReader::read_traffic(const YAML::Node& node, MeshSpec& mesh) {
  mesh.timeout = in_.duration(node, "timeout", "");
  if (const auto part = node["retries"]; part.IsDefined()) mesh.retries = read_retries(part);
  if (const auto part = node["circuit_breaking"]; part.IsDefined()) mesh.circuit_breaking = read_circuit_breaking(part);
  if (const auto part = node["fault"]; part.IsDefined()) mesh.fault = read_fault(part);
  if (const auto part = node["rate_limit"]; part.IsDefined() && in_.open(part, "'rate_limit'", keys("rate_limit")))
    mesh.rate_limit = MeshRateLimit{required(part, "requests", 1, 1'000'000), in_.duration(part, "per", "1s")};
}

void MeshReader::read_routes(const AppSpec& app, const YAML::Node& routes, MeshSpec& mesh) {
  if (!routes.IsSequence()) return in_.complain(routes, "'routes' must be a list, not " + kind_of(routes));
  bool complete = false;
  for (const auto& node : routes) {
    if (complete) in_.complain(node, "no request comes as far as this route: one before it has no 'match'");
    mesh.routes.push_back(read_route(app, node));
    complete = complete || !node["match"].IsDefined();
  }
}

MeshRoute MeshReader::read_route(const AppSpec& app, const YAML::Node& node) {
  MeshRoute route;
  if (!in_.open(node, "a route", keys("route"))) return route;
  if (const auto match = node["match"]; match.IsDefined() && in_.open(match, "'match'", keys("match"))) {
    route.path = in_.text(match, "path");
    route.headers = in_.table(match, "headers");
    if (match["path"].IsDefined() && !route.path.starts_with('/'))
      in_.complain(match["path"], "'path' must begin with '/', not be '" + route.path + "'");
    if (route.path.empty() && route.headers.empty()) in_.complain(match, "'match' needs 'path' or 'headers'");
  }
  if (node["to"].IsDefined())
    read_weights(app, node["to"], route);
  else
    in_.complain(node, "a route needs 'to': {APP: WEIGHT, …}");
  return route;
}

void MeshReader::read_weights(const AppSpec& app, const YAML::Node& node, MeshRoute& route) {
  if (!in_.open(node, "'to'", app_names())) return;
  for (const auto& member : node) {
    const auto name = member.first.Scalar();
    const auto found = std::ranges::find(project_.apps, name, &AppSpec::name);
    if (found == project_.apps.end()) continue;
    route.to[name] = in_.integer(node, name.c_str(), 0, 100, 0);
    if (found->port == 0) in_.complain(member.first, "the app '" + name + "' has no 'port' to route to");
  }
  const int sum = std::accumulate(route.to.begin(), route.to.end(), 0,
                                  [](int before, const auto& share) { return before + share.second; });
  if (route.to.size() == node.size() && sum != 100)
    in_.complain(node, "the weights of a route of '" + app.name + "' must sum to 100, not " + std::to_string(sum));
}

MeshRetries MeshReader::read_retries(const YAML::Node& node) {
  MeshRetries retries;
  if (!in_.open(node, "'retries'", keys("retries"))) return retries;
  retries.attempts = required(node, "attempts", 0, 100);
  retries.per_try_timeout = in_.duration(node, "per_try_timeout", "");
  retries.on = in_.texts(node, "on");
  for (const auto& condition : retries.on) {
    if (is_one_of(condition, retriable) || std::regex_match(condition, std::regex("[1-5][0-9][0-9]"))) continue;
    const auto near = nearest(condition, retriable);
    in_.complain(node["on"], "'on' cannot hold '" + condition + "'; " +
                                 (near.empty() ? "it holds statuses such as 503, and 5xx, reset, connect-failure …"
                                               : "did you mean '" + near + "'?"));
  }
  return retries;
}

MeshCircuitBreaking MeshReader::read_circuit_breaking(const YAML::Node& node) {
  MeshCircuitBreaking breaking;
  if (!in_.open(node, "'circuit_breaking'", keys("circuit_breaking"))) return breaking;
  breaking.connections = in_.integer(node, "connections", 1, 1'000'000, 0);
  breaking.pending_requests = in_.integer(node, "pending_requests", 1, 1'000'000, 0);
  breaking.requests = in_.integer(node, "requests", 1, 1'000'000, 0);
  const auto part = node["outlier"];
  if (!part.IsDefined() || !in_.open(part, "'outlier'", keys("outlier"))) return breaking;
  breaking.outlier = MeshOutlier{in_.integer(part, "errors", 1, 1000, 5), in_.duration(part, "interval", "10s"),
                                 in_.duration(part, "ejection", "30s"), in_.integer(part, "max_percent", 1, 100, 50)};
  return breaking;
}

MeshFault MeshReader::read_fault(const YAML::Node& node) {
  MeshFault fault;
  if (!in_.open(node, "'fault'", keys("fault"))) return fault;
  if (const auto part = node["delay"]; part.IsDefined() && in_.open(part, "'delay'", keys("delay"))) {
    fault.delay_percent = in_.integer(part, "percent", 1, 100, 100);
    fault.delay = in_.duration(part, "time", nullptr);
  }
  if (const auto part = node["abort"]; part.IsDefined() && in_.open(part, "'abort'", keys("abort"))) {
    fault.abort_percent = in_.integer(part, "percent", 1, 100, 100);
    fault.abort_status = required(part, "status", 200, 599);
  }
  if (!node["delay"].IsDefined() && !node["abort"].IsDefined()) in_.complain(node, "'fault' needs 'delay' or 'abort'");
  return fault;
}

std::vector<MeshRule> MeshReader::read_allow(const YAML::Node& node) {
  std::vector<MeshRule> rules;
  if (!node.IsSequence()) {
    in_.complain(node, "'allow' must be a list of {from, methods, paths}, not " + kind_of(node));
    return rules;
  }
  for (const auto& item : node) {
    if (!in_.open(item, "a rule of 'allow'", keys("allow"))) continue;
    MeshRule rule{in_.texts(item, "from"), in_.texts(item, "methods"), in_.texts(item, "paths")};
    if (rule.from.empty()) in_.complain(item, "a rule of 'allow' needs 'from': apps of this project, or gateway");
    for (const auto& name : rule.from)
      if (name != "gateway" && !is_app(name))
        in_.complain(item["from"], "'from' names '" + name + "', which is no app of this project and not the gateway");
    for (const auto& method : rule.methods)
      if (!is_one_of(method, methods)) in_.complain(item["methods"], "'methods' cannot hold '" + method + "'");
    for (const auto& path : rule.paths)
      if (!path.starts_with('/')) in_.complain(item["paths"], "a path must begin with '/', not be '" + path + "'");
    rules.push_back(std::move(rule));
  }
  return rules;
}

void MeshReader::check_protocol(const YAML::Node& node, const MeshSpec& mesh) {
  if (mesh.protocol != "tcp") return;
  for (const char* key : {"hosts", "routes", "timeout", "retries", "fault", "rate_limit"})
    if (node[key].IsDefined())
      in_.complain(node[key], std::string("'") + key + "' needs requests: 'protocol' http, http2 or grpc");
  if (mesh.gateway) in_.complain(node["gateway"], "the gateway takes requests only: 'protocol' http, http2 or grpc");
  for (const auto& rule : mesh.allow.value_or(std::vector<MeshRule>()))
    if (!rule.methods.empty() || !rule.paths.empty())
      in_.complain(node["allow"], "'methods' and 'paths' need requests: 'protocol' http, http2 or grpc");
}

void MeshReader::check_gateway(const AppSpec& app, const YAML::Node& node, const MeshSpec& mesh) {
  if (!mesh.gateway && !mesh.hosts.empty())
    in_.complain(node["hosts"], "'hosts' are names at the gateway, which 'gateway: false' closes");
  if (!mesh.gateway || !mesh.allow) return;
  const bool open = std::ranges::any_of(*mesh.allow, [](const auto& rule) { return is_one_of("gateway", rule.from); });
  if (!open)
    in_.complain(node["allow"], "'allow' would lock out the gateway, where '" + app.name +
                                    "' is to be had: add gateway to a rule's 'from', or set 'gateway: false'");
}

int MeshReader::required(const YAML::Node& map, const char* key, int least, int most) {
  if (!map[key].IsDefined()) in_.complain(map, std::string("'") + key + "' is missing here");
  return in_.integer(map, key, least, most, least);
}

bool MeshReader::is_app(const std::string& name) const {
  return std::ranges::find(project_.apps, name, &AppSpec::name) != project_.apps.end();
}

std::vector<std::string> MeshReader::app_names() const {
  std::vector<std::string> names;
  for (const auto& app : project_.apps) names.push_back(app.name);
  return names;
}

}  // namespace gf::project
