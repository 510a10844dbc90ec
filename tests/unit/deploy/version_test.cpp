#include "deploy/version.hpp"

#include <doctest/doctest.h>

#include "deploy/app_objects.hpp"
#include "deploy/mesh_objects.hpp"

using namespace gf;
using namespace gf::deploy;

namespace {

AppSpec app() {
  AppSpec one;
  one.name = "api";
  one.port = 80;
  one.localhost_port = 8000;
  one.strategy = Strategy::canary;
  return one;
}

Json workload(const char* image, const char* key) {
  Json one;
  one["metadata"]["uid"] = "deployment";
  one["metadata"]["annotations"]["greenfield.dev/image-key"] = key;
  Json container;
  container["image"] = image;
  one["spec"]["template"]["spec"]["containers"] = Json::array({container});
  return one;
}

Json replica_set(const char* image, const char* key, const char* revision, int ready = 0,
                 const char* owner = "deployment") {
  auto one = workload(image, key);
  one["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = revision;
  Json owned;
  owned["uid"] = owner;
  one["metadata"]["ownerReferences"] = Json::array({owned});
  if (ready > 0) one["status"]["readyReplicas"] = ready;
  return one;
}

}  // namespace

TEST_CASE("a new version is an app beside the stable one, reached through that one's routes only") {
  auto stable = app();
  stable.mesh.timeout = std::chrono::seconds(3);
  stable.mesh.hosts = {"shop.example"};
  stable.mesh.allow = std::vector<MeshRule>{{{"web"}, {}, {}}};
  const auto next = next_of(stable);
  CHECK(next.name == "api-next");
  CHECK(next.localhost_port == 0);
  CHECK_FALSE(next.mesh.gateway);
  CHECK(next.mesh.hosts.empty());
  CHECK(next.mesh.timeout.count() == 0);
  CHECK(next.mesh.allow == stable.mesh.allow);
}

TEST_CASE("of what its routes give to the app itself a share goes to the new version") {
  CHECK(divided(app(), 0) == app());
  CHECK(divided(app(), 5).mesh.routes == std::vector<MeshRoute>{{"", {}, {{"api", 9500}, {"api-next", 500}}}});
  CHECK(divided(app(), 100).mesh.routes == std::vector<MeshRoute>{{"", {}, {{"api-next", 10000}}}});
  auto routed = app();
  routed.mesh.routes = {{"/other", {}, {{"web", 100}}}, {"", {}, {{"api", 90}, {"web", 10}}}};
  const auto routes = divided(routed, 25).mesh.routes;
  CHECK(routes.at(0) == routed.mesh.routes.at(0));
  CHECK(routes.at(1) == MeshRoute{"", {}, {{"api", 6750}, {"api-next", 2250}, {"web", 1000}}});
}

TEST_CASE("a preview is a route before all others") {
  auto routed = app();
  routed.mesh.routes = {{"", {}, {{"api", 100}}}};
  const auto routes = with_preview(routed, "x-gf-preview", "next").mesh.routes;
  CHECK(routes ==
        std::vector<MeshRoute>{{"", {{"x-gf-preview", "next"}}, {{"api-next", 100}}}, routed.mesh.routes.at(0)});
}

TEST_CASE("who lets an app in lets its new version in") {
  auto other = app();
  other.name = "store";
  other.mesh.allow = std::vector<MeshRule>{{{"api"}, {}, {}}};
  const auto principals = [&](const std::vector<AppSpec>& apps) {
    for (const auto& object : mesh_objects("shop", other, apps))
      if (object.value("kind", "") == "AuthorizationPolicy")
        return object["spec"]["rules"][0]["from"][0]["source"]["principals"].dump();
    return std::string();
  };
  CHECK(principals({app(), other}) == R"(["cluster.local/ns/shop/sa/api"])");
  CHECK(principals({app(), other, next_of(app())}) ==
        R"(["cluster.local/ns/shop/sa/api","cluster.local/ns/shop/sa/api-next"])");
}

TEST_CASE("replicas come one by one, and none goes before") {
  const auto update = app_objects("shop", app(), "x", {}).at(0)["spec"]["strategy"]["rollingUpdate"];
  CHECK(update["maxSurge"] == 1);
  CHECK(update["maxUnavailable"] == 0);
}

TEST_CASE("what runs is noted in the Deployment and read from there") {
  CHECK(running_in(nullptr).image.reference.empty());
  auto deployment = workload("shop:3", "old");
  note_running(deployment, {{"shop:3", "three"}, "four"});
  const auto running = running_in(&deployment);
  CHECK(running.image.reference == "shop:3");
  CHECK(running.image.key == "three");
  CHECK(running.passed_over == "four");
}

TEST_CASE("the image to go back to") {
  auto now = workload("shop:3", "three");
  const auto former = [&](std::vector<Json> sets) {
    const auto found = former_image(now, sets);
    return found ? found->key : "none";
  };
  const auto own = replica_set("shop:3", "three", "3", 1);
  CHECK(former({}) == "none");
  CHECK(former({own}) == "none");
  CHECK(former({replica_set("shop:1", "one", "1"), replica_set("shop:2", "two", "2"), own}) == "two");
  // A bad version after a bad one: what serves still is the last good one.
  CHECK(former({replica_set("shop:1", "one", "1", 2), replica_set("shop:2", "two", "2"), own}) == "one");
  CHECK(former({replica_set("shop:9", "nine", "9"), replica_set("shop:10", "ten", "10"), own}) == "ten");
  CHECK(former({replica_set("shop:2", "two", "2", 1, "another"), own}) == "none");
  CHECK(former({replica_set("shop:2", "", "2"), own}) == "none");
  note_running(now, {{"shop:3", "three"}, "two"});
  CHECK(former({replica_set("shop:1", "one", "1"), replica_set("shop:2", "two", "4"), own}) == "one");
}

TEST_CASE("what is put back when a version does not become ready") {
  struct Row {
    const char* serving;
    std::vector<Json> sets;
    const char* expected;
  };
  auto now = workload("shop:3", "three");
  now["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = "3";
  const auto own = replica_set("shop:3", "three", "3", 1);
  const auto one = replica_set("shop:1", "one", "1"), two = replica_set("shop:2", "two", "2");
  const Row rows[] = {
      {"", {}, "none"},
      {"", {own}, "none"},
      {"", {own, one, two}, "none"},  // that they were ready once nobody knows
      {"", {own, one, replica_set("shop:2", "two", "2", 1)}, "two"},
      {"one", {own, one, two}, "one"},
      {"one", {own, one, replica_set("shop:2", "two", "2", 1)}, "one"},  // two was never judged
      {"gone", {own, replica_set("shop:2", "two", "2", 1)}, "two"},
      {"", {own, replica_set("x:1", "x", "9", 1, "another")}, "none"},
      {"three", {own, replica_set("shop:3", "three", "2", 1)}, "three"},  // with other settings
      {"three", {own, replica_set("shop:3", "three", "1"), one}, "none"},
      {"three", {own, replica_set("shop:3", "three", "1"), replica_set("shop:3", "three", "2", 1)}, "three"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.serving);
    const auto found = last_good(now, row.sets, row.serving);
    CHECK((found ? found->image.key : "none") == row.expected);
  }
}

TEST_CASE("what is put back are the very replicas, so that no others are made") {
  auto deployment = app_objects("shop", app(), "shop:3", {}).at(0);
  LastGood good;
  good.pod_template["metadata"]["creationTimestamp"] = nullptr;
  good.pod_template["metadata"]["labels"]["greenfield.dev/app"] = "api";
  good.pod_template["metadata"]["labels"]["pod-template-hash"] = "12345";
  good.pod_template["metadata"]["annotations"]["greenfield.dev/template"] = "of then";
  good.pod_template["spec"]["containers"] = Json::array({Json{{"image", "shop:2"}}});
  put_back(deployment, good);
  const auto& pods = deployment["spec"]["template"];
  CHECK(pods["spec"]["containers"][0]["image"] == "shop:2");
  CHECK(pods["metadata"]["labels"] == Json{{"greenfield.dev/app", "api"}});
  CHECK(pods["metadata"]["annotations"]["greenfield.dev/template"] == "of then");
  CHECK_FALSE(pods["metadata"].contains("creationTimestamp"));
  CHECK(deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0);
}

TEST_CASE("each replica has its time: they come one after the other") {
  auto one = app();
  one.ready_deadline = std::chrono::seconds(20);
  CHECK(ready_limit(one).count() == 20);
  one.replicas = 3;
  CHECK(ready_limit(one).count() == 60);
  one.replicas = 0;
  CHECK(ready_limit(one).count() == 20);
  one.autoscale = Autoscale{1, 5, 70};
  CHECK(ready_limit(one).count() == 100);
}
