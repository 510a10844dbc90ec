#include "deploy/mesh_objects.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "deploy/app_objects.hpp"

using namespace gf;
using namespace gf::deploy;
using namespace std::chrono_literals;

namespace {

AppSpec app(const char* name, int port) {
  AppSpec one;
  one.name = name;
  one.port = port;
  return one;
}

Json as_list(const std::vector<Json>& objects) {
  Json list = Json::array();
  for (const auto& object : objects) list.push_back(object);
  return list;
}

/// Everything that can be said at once.
AppSpec talkative() {
  auto one = app("api", 8000);
  auto& mesh = one.mesh;
  mesh.hosts = {"shop.example"};
  mesh.routes = {{"/beta", {{"x-user", "7"}}, {{"later", 100}}}, {"", {}, {{"api", 90}, {"later", 10}}}};
  mesh.timeout = 5s;
  mesh.retries = MeshRetries{3, 1500ms, {"5xx", "reset"}};
  mesh.circuit_breaking = MeshCircuitBreaking{10, 2, 20, MeshOutlier{3, 10s, 60s, 50}};
  mesh.fault = MeshFault{5, 2s, 1, 503};
  mesh.rate_limit = MeshRateLimit{7, 500ms};
  mesh.allow = std::vector<MeshRule>{{{"gateway"}, {}, {}}, {{"web"}, {"GET"}, {"/a/*"}}};
  return one;
}

}  // namespace

TEST_CASE("mesh objects: what greenfield.yaml says becomes Istio's own objects") {
  const std::vector<AppSpec> apps = {talkative(), app("later", 8001), app("web", 80)};
  std::ifstream file(GF_SOURCE_DIR "/tests/unit/deploy/mesh_objects.json");
  const auto expected = Json::parse(file);
  const auto made = as_list(mesh_objects("shop", apps.front(), apps));
  CAPTURE(made.dump(2));
  CHECK(made == expected);
}

TEST_CASE("mesh objects: an app that says nothing is to be had at the gateway, and its namespace is strict") {
  const std::vector<AppSpec> apps = {app("api", 8000)};
  const auto made = mesh_objects("shop", apps.front(), apps);
  REQUIRE(made.size() == 2);
  CHECK(made[0]["spec"]["mtls"]["mode"] == "STRICT");
  CHECK(made[1]["kind"] == "VirtualService");
  CHECK(made[1]["spec"]["hosts"] == Json::array({"api.shop.svc.cluster.local", "api.shop.localhost"}));
  CHECK(made[1]["spec"]["gateways"] == Json::array({"mesh", "istio-system/ingress"}));
  CHECK(made[1]["spec"]["http"][0]["route"][0]["weight"] == 100);
}

TEST_CASE("mesh objects: what is closed, bare or without a port") {
  auto closed = app("api", 8000);
  closed.mesh.gateway = false;
  closed.mesh.allow = std::vector<MeshRule>();
  auto made = mesh_objects("shop", closed, {closed});
  REQUIRE(made.size() == 3);
  CHECK(made[1]["spec"]["gateways"] == Json::array({"mesh"}));
  CHECK(made[2]["kind"] == "AuthorizationPolicy");
  CHECK_FALSE(made[2]["spec"].contains("rules"));  // nobody fits
  auto bare = app("broker", 9000);
  bare.mesh.protocol = "tcp";
  bare.mesh.gateway = false;
  CHECK(mesh_objects("shop", bare, {bare}).size() == 1);
  CHECK(mesh_objects("shop", app("job", 0), {}).size() == 1);
}

TEST_CASE("mesh objects: what the project said before and does not say any more is named") {
  const std::vector<AppSpec> apps = {app("api", 8000)};
  std::string kinds;
  for (const auto& one : outdated_mesh_objects("api", mesh_objects("shop", apps.front(), apps)))
    kinds += one.kind + (' ' + one.name) + ' ';
  CHECK(kinds == "DestinationRule api AuthorizationPolicy api EnvoyFilter api ");
  CHECK(outdated_mesh_objects("api", {}).size() == 5);
}

TEST_CASE("mesh: an app's pods get a sidecar and an identity, its Service tells the protocol") {
  auto one = app("api", 8000);
  one.mesh.protocol = "grpc";
  auto objects = app_objects("shop", one, "api:1", {});
  join_mesh(objects, "shop", one);
  REQUIRE(objects.size() == 3);
  const auto& pods = objects[0]["spec"]["template"];
  CHECK(pods["metadata"]["labels"]["sidecar.istio.io/inject"] == "true");
  CHECK(pods["spec"]["serviceAccountName"] == "api");
  CHECK(objects[1]["spec"]["ports"][0]["appProtocol"] == "grpc");
  CHECK(objects[2]["kind"] == "ServiceAccount");
  CHECK(objects[2]["automountServiceAccountToken"] == false);
  // What a project's own manifests say stays.
  Json own = {{"kind", "Deployment"}, {"spec", {{"template", {{"spec", {{"serviceAccountName", "mine"}}}}}}}};
  Json service = {{"kind", "Service"}, {"spec", {{"ports", {{{"port", 8000}, {"appProtocol", "http"}}}}}}};
  std::vector<Json> theirs = {own, service};
  join_mesh(theirs, "shop", one);
  CHECK(theirs[0]["spec"]["template"]["spec"]["serviceAccountName"] == "mine");
  CHECK(theirs[1]["spec"]["ports"][0]["appProtocol"] == "http");
}
