#include "problems.hpp"

using namespace gf;
using namespace gf::project;
using namespace std::chrono_literals;

namespace {

const Vocabulary vocabulary{{"istio", "redis"}, {"kind"}};
const std::string head = "apiVersion: greenfield.dev/v1\nname: shop\n";
const std::string meshed = head + "addons: {istio: {}}\n";

std::string problems(const std::string& text) { return problems_of(text, vocabulary); }

/// A project with the app api, whose `mesh` is `text`, and two others; job has no port.
std::string with_mesh(const std::string& text) {
  return meshed + "apps:\n  api: {image: x, port: 80, mesh: {" + text +
         "}}\n  web: {image: x, port: 81}\n  job: {image: x}\n";
}

}  // namespace

TEST_CASE("mesh: everything that can be said is read") {
  const auto spec = parse(meshed + R"(apps:
  api:
    image: x
    port: 80
    mesh:
      hosts: [shop.example]
      protocol: http2
      timeout: 5s
      retries: {attempts: 3, per_try_timeout: 500ms, on: [5xx, "503"]}
      routes:
        - {match: {path: /beta, headers: {x-user: 7}}, to: {later: 100}}
        - {to: {api: 90, later: 10}}
      circuit_breaking: {connections: 10, pending_requests: 2, requests: 20, outlier: {errors: 3, ejection: 1m}}
      fault: {delay: {percent: 5, time: 2s}, abort: {status: 500}}
      rate_limit: {requests: 7, per: 1m}
      allow: [{from: [gateway, later], methods: [GET], paths: [/a/*]}]
  later: {image: x, port: 81, mesh: {gateway: false}}
)",
                          "/r", vocabulary);
  CHECK(in_mesh(spec));
  const auto& mesh = spec.apps.at(0).mesh;
  CHECK(mesh.gateway);
  CHECK(mesh.hosts == std::vector<std::string>{"shop.example"});
  CHECK(mesh.protocol == "http2");
  CHECK(mesh.timeout == 5s);
  CHECK(mesh.retries == MeshRetries{3, 500ms, {"5xx", "503"}});
  CHECK(mesh.routes ==
        std::vector<MeshRoute>{{"/beta", {{"x-user", "7"}}, {{"later", 100}}}, {"", {}, {{"api", 90}, {"later", 10}}}});
  CHECK(mesh.circuit_breaking == MeshCircuitBreaking{10, 2, 20, MeshOutlier{3, 10s, 60s, 50}});
  CHECK(mesh.fault == MeshFault{5, 2s, 100, 500});
  CHECK(mesh.rate_limit == MeshRateLimit{7, 60s});
  CHECK(mesh.allow == std::vector<MeshRule>{{{"gateway", "later"}, {"GET"}, {"/a/*"}}});
  CHECK_FALSE(spec.apps.at(1).mesh.gateway);
}

TEST_CASE("mesh: what cannot be is told with its place and what to do") {
  struct Row {
    const char* text;
    const char* expected;
  };
  const Row rows[] = {
      {"timout: 5s", "greenfield.yaml:5:36: unknown key 'timout' in 'mesh'; did you mean 'timeout'?"},
      {"timeout: 5", "greenfield.yaml:5:45: 'timeout' must be a time such as 500ms, 5s or 2m, not '5'"},
      {"routes: [{to: {api: 90, web: 9}}]",
       "greenfield.yaml:5:50: the weights of a route of 'api' must sum to 100, not 99"},
      {"routes: [{to: {api: 90, wep: 10}}]", "greenfield.yaml:5:60: unknown key 'wep' in 'to'; did you mean 'web'?"},
      {"routes: [{to: {job: 100}}]", "the app 'job' has no 'port' to route to"},
      {"routes: [{to: {api: 101}}]", "'api' must be a whole number from 0 to 100, not '101'"},
      {"routes: [{match: {path: /a}}]", "a route needs 'to'"},
      {"routes: [{to: {api: 100}}, {match: {path: /a}, to: {web: 100}}]", "no request comes as far as this route"},
      {"routes: [{match: {}, to: {web: 100}}]", "'match' needs 'path' or 'headers'"},
      {"routes: [{match: {path: a}, to: {web: 100}}]", "'path' must begin with '/', not be 'a'"},
      {"allow: [{from: [web]}]",
       "greenfield.yaml:5:43: 'allow' would lock out the gateway, where 'api' is to be had: add gateway to a rule's "
       "'from', or set 'gateway: false'"},
      {"allow: []", "'allow' would lock out the gateway"},
      {"allow: [{from: [wep, gateway]}]", "'from' names 'wep', which is no app of this project and not the gateway"},
      {"allow: [{methods: [GET]}]", "a rule of 'allow' needs 'from'"},
      {"allow: [{from: [gateway], methods: [get]}]", "'methods' cannot hold 'get'"},
      {"gateway: false, hosts: [a.example]", "which 'gateway: false' closes"},
      {"hosts: [A_b]", "'hosts' must hold names such as shop.example, not 'A_b'"},
      {"protocol: tcp, timeout: 5s", "'timeout' needs requests: 'protocol' http, http2 or grpc"},
      {"protocol: tcp, gateway: true", "the gateway takes requests only"},
      {"protocol: tcp, allow: [{from: [web], paths: [/a]}]", "'methods' and 'paths' need requests"},
      {"retries: {on: [5xx]}", "'attempts' is missing here"},
      {"retries: {attempts: 1, on: [conect-failure]}", "did you mean 'connect-failure'?"},
      {"fault: {}", "'fault' needs 'delay' or 'abort'"},
      {"fault: {delay: {percent: 3}}", "'time' must be a time such as 500ms, 5s or 2m, not nothing"},
      {"fault: {abort: {status: 99}}", "'status' must be a whole number from 200 to 599"},
      {"rate_limit: {per: 1s}", "'requests' is missing here"},
      {"circuit_breaking: {outlier: {max_percent: 0}}", "'max_percent' must be a whole number from 1 to 100"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto told = problems(with_mesh(row.text));
    CAPTURE(told);
    CHECK(told.find(row.expected) != std::string::npos);
  }
  CHECK(problems(with_mesh("gateway: false, allow: [{from: [web]}]")).empty());
  CHECK(problems(with_mesh("protocol: tcp, allow: [{from: [web]}]")).empty());
}

TEST_CASE("mesh: without the addon it is refused with the remedy; an app without port has none") {
  CHECK(problems(head + "apps: {api: {image: x, port: 80, mesh: {timeout: 5s}}}\n")
            .find("greenfield.yaml:3:40: 'mesh' needs the addon istio: add 'istio: {}' under 'addons'") !=
        std::string::npos);
  CHECK(problems(meshed + "apps: {job: {image: x, mesh: {}}}\n").find("'mesh' needs the app's 'port'") !=
        std::string::npos);
}
