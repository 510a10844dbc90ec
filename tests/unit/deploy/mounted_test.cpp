#include "deploy/mounted.hpp"

#include <doctest/doctest.h>

#include "deploy/app_objects.hpp"
#include "deploy/plan.hpp"
#include "protocol/error.hpp"

// The checkout itself in an app's containers: what the manifests say of it, and which changes the program hears of.
using namespace gf;
using namespace gf::deploy;

namespace {

AppSpec mounting() {
  AppSpec app;
  app.name = "api";
  app.port = 8000;
  app.sync.push_back({"app", "/srv/app"});
  app.sync.push_back({"", "/all"});
  app.sync_mode = SyncMode::mount;
  return app;
}

source::Tree tree(const std::map<std::string, std::string>& files) {
  source::Tree made;
  for (const auto& [path, digest] : files) {
    source::TreeFile file;
    file.path = path;
    file.digest = digest;
    made.files.push_back(file);
  }
  return made;
}

}  // namespace

TEST_CASE("mounted: read-only volumes of the node's folders, and no gate that nobody would open") {
  auto objects = app_objects("shop", mounting(), "img:1", {});
  mount_checkout(objects, mounting(), checkout_in_node("/home/a/shop"));
  const auto& pod = objects.at(0)["spec"]["template"]["spec"];
  CHECK(pod["volumes"] == Json::parse(R"([
    {"name": "gf-checkout-0", "hostPath": {"path": "/greenfield/checkouts/home/a/shop/app", "type": "Directory"}},
    {"name": "gf-checkout-1", "hostPath": {"path": "/greenfield/checkouts/home/a/shop", "type": "Directory"}}])"));
  CHECK(pod["containers"][0]["volumeMounts"] == Json::parse(R"([
    {"name": "gf-checkout-0", "mountPath": "/srv/app", "readOnly": true},
    {"name": "gf-checkout-1", "mountPath": "/all", "readOnly": true}])"));
  CHECK_FALSE(pod.contains("readinessGates"));
  Json running;
  running["spec"] = pod;
  CHECK(has_checkout_mounted(running));
}

TEST_CASE("mounted: an app that copies has the gate and no volume") {
  auto app = mounting();
  app.sync_mode = SyncMode::copy;
  const auto objects = app_objects("shop", app, "img:1", {});
  Json running;
  running["spec"] = objects.at(0)["spec"]["template"]["spec"];
  CHECK(running["spec"].contains("readinessGates"));
  CHECK_FALSE(has_checkout_mounted(running));
}

TEST_CASE("mounted: manifests of one's own get it beside what they mount, or are refused") {
  Json object = Json::parse(R"({"kind": "Deployment", "spec": {"template": {"spec": {
    "volumes": [{"name": "mine"}], "containers": [{"name": "other"}, {"name": "api", "volumeMounts": [{"name": "mine"}]}]}}}})");
  std::vector<Json> objects{object};
  mount_checkout(objects, mounting(), "/root");
  const auto& pod = objects[0]["spec"]["template"]["spec"];
  CHECK(pod["volumes"].size() == 3);
  CHECK_FALSE(pod["containers"][0].contains("volumeMounts"));
  CHECK(pod["containers"][1]["volumeMounts"].size() == 3);
  auto app = mounting();
  app.name = "web";
  try {
    mount_checkout(objects, app, "/root");
    FAIL("nothing was refused");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::bad_config);
    CHECK(error.message().find("no container is called web") != std::string::npos);
  }
}

TEST_CASE("mounted: changes of the synced folders are counted, others are not") {
  auto app = mounting();
  const auto before = tree({{"app/a", "1"}, {"app/b", "1"}, {"other", "1"}});
  CHECK(mounted_changes(app, before, before) == 0);
  CHECK(mounted_changes(app, before, tree({{"app/a", "2"}, {"app/c", "1"}, {"other", "2"}})) == 4);
  app.sync.pop_back();  // of the whole checkout
  CHECK(mounted_changes(app, before, tree({{"app/a", "2"}, {"app/c", "1"}, {"other", "2"}})) == 3);
  CHECK(mounted_changes(app, before, tree({{"app/a", "1"}, {"app/b", "1"}})) == 0);
}

TEST_CASE("mounted: a saved file still asks for no new image, and what rebuilds still does") {
  auto app = mounting();
  app.sync.pop_back();
  app.rebuild_on.push_back("app/requirements.txt");
  CHECK(route(app, "app/serve.py", {}) == Route::sync);
  CHECK(route(app, "app/requirements.txt", {}) == Route::build);
  CHECK(route(app, "Dockerfile", {}) == Route::build);
}
