#include "deploy/plan.hpp"

#include <doctest/doctest.h>

#include "deploy/app_objects.hpp"
#include "deploy/glob.hpp"
#include "node/messages.hpp"

using namespace gf;
using namespace gf::deploy;

namespace {

AppSpec example() {
  AppSpec app;
  app.name = "api";
  app.port = 8000;
  app.replicas = 2;
  app.sync = {{"app", "/srv/app"}};
  app.on_sync = OnSync::reload;
  app.rebuild_on = {"requirements.txt", "app/generated/**"};
  return app;
}

source::Tree tree(const std::vector<std::pair<std::string, std::string>>& files) {
  source::Tree made;
  for (const auto& [path, digest] : files) {
    source::TreeFile file;
    file.path = path;
    file.digest = digest;
    made.files.push_back(file);
    made.sum.add(file);
  }
  return made;
}

}  // namespace

TEST_CASE("globs stay within a segment, ** does not, and folders match what is below them") {
  struct Row {
    const char* glob;
    const char* path;
    bool matches;
  };
  const Row rows[] = {
      {"*.txt", "a.txt", true},
      {"*.txt", "b/a.txt", false},
      {"**/*.txt", "b/c/a.txt", true},
      {"**/*.txt", "a.txt", true},
      {"app", "app/main.py", true},
      {"app", "apple/main.py", false},
      {"app/*", "app/x/y", true},
      {"a?c", "abc", true},
      {"a?c", "a/c", false},
      {"./app/", "app/x", true},
      {"", "app", false},
      {"app/**/x", "app/1/2/x", true},
      {"[ab].py", "b.py", true},
      {"docs/**", "docs/a/b", true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.glob);
    CAPTURE(row.path);
    CHECK(glob_matches(row.glob, row.path) == row.matches);
  }
}

TEST_CASE("the last rule of a .dockerignore that matches decides") {
  const auto rules = read_docker_ignore("# comment\n*.md\n!README.md\n\nnode_modules  \n");
  CHECK(rules == std::vector<std::string>{"*.md", "!README.md", "node_modules"});
  CHECK(is_docker_ignored(rules, "CHANGES.md"));
  CHECK(!is_docker_ignored(rules, "README.md"));
  CHECK(is_docker_ignored(rules, "node_modules/a/b.js"));
  CHECK(!is_docker_ignored(rules, "src/a.md.txt"));
}

TEST_CASE("each file has one route") {
  auto app = example();
  const std::vector<std::string> ignored{"docs"};
  struct Row {
    const char* path;
    Route route;
  };
  const Row rows[] = {
      {"app/main.py", Route::sync}, {"app/generated/x.py", Route::build}, {"requirements.txt", Route::build},
      {"Dockerfile", Route::build}, {"greenfield.yaml", Route::none},     {"docs/a.md", Route::none},
      {"other.py", Route::build},   {".dockerignore", Route::build},
  };
  for (const auto& row : rows) {
    CAPTURE(row.path);
    CHECK(route(app, row.path, ignored) == row.route);
  }
  app.context = "service";
  CHECK(route(app, "app/main.py", {}) == Route::sync);  // outside the context, but synced
  CHECK(route(app, "other.py", {}) == Route::none);
  CHECK(route(app, "service/Dockerfile", {"*"}) == Route::build);
  app = example();
  app.image = "nginx";
  CHECK(route(app, "app/main.py", {}) == Route::sync);
  CHECK(route(app, "other.py", {}) == Route::none);
}

TEST_CASE("what happens after a sync changes nothing but the signal that follows it") {
  auto app = example();
  app.reload_signal = "USR1";
  const std::pair<OnSync, const char*> rows[] = {
      {OnSync::none, ""}, {OnSync::reload, "USR1"}, {OnSync::restart, node::restart_signal}};
  for (const auto& row : rows) {
    app.on_sync = row.first;
    CAPTURE(row.second);
    CHECK(signal_after_sync(app) == row.second);
    CHECK(route(app, "app/main.py", {}) == Route::sync);
    CHECK(app_objects("shop", app, "img:1", {})[0]["spec"]["template"]["spec"].contains("readinessGates"));
  }
}

TEST_CASE("an image's key changes with what it is made of, and not with what is synced") {
  const auto app = example();
  const auto key = image_key(app, tree({{"Dockerfile", "1"}, {"app/main.py", "1"}, {"serve.py", "1"}}), {}, {});
  CHECK(image_key(app, tree({{"Dockerfile", "1"}, {"app/main.py", "2"}, {"app/new.py", "1"}, {"serve.py", "1"}}), {},
                  {}) == key);
  CHECK(image_key(app, tree({{"Dockerfile", "1"}, {"app/main.py", "1"}, {"serve.py", "2"}}), {}, {}) != key);
  CHECK(image_key(app, tree({{"Dockerfile", "1"}, {"app/main.py", "1"}}), {}, {}) != key);
  CHECK(image_key(app, tree({{"Dockerfile", "1"}, {"app/main.py", "1"}, {"serve.py", "1"}}), {}, {{"A", "1"}}) != key);
}

TEST_CASE("generated objects carry labels, claims, probe, gate, and keep the last good replicas") {
  auto app = example();
  app.env = {{"MODE", "dev"}, {"REDIS_HOST", "mine"}};
  const auto objects = app_objects("shop", app, "img:1", {{"redis", {"REDIS_URL", "REDIS_HOST"}}});
  REQUIRE(objects.size() == 2);
  const auto& spec = objects[0]["spec"];
  CHECK(spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0);
  const auto& pod = spec["template"]["spec"];
  CHECK(pod["readinessGates"][0]["conditionType"] == synced_gate);
  const auto& container = pod["containers"][0];
  CHECK(container["image"] == "img:1");
  CHECK(container["readinessProbe"]["tcpSocket"]["port"] == 8000);
  std::map<std::string, std::string> env;
  for (const auto& entry : container["env"])
    env[entry["name"]] = entry.contains("value") ? entry["value"].get<std::string>()
                                                 : entry["valueFrom"]["secretKeyRef"]["name"].get<std::string>();
  CHECK(env ==
        std::map<std::string, std::string>{{"MODE", "dev"}, {"REDIS_HOST", "mine"}, {"REDIS_URL", "claim-redis"}});
  CHECK(spec["template"]["metadata"]["labels"][app_label] == "api");
  CHECK(objects[1]["spec"]["ports"][0]["targetPort"] == 8000);
  CHECK(!spec["template"]["metadata"].contains("annotations"));
  app.metrics_path = "/metrics";
  const auto measured = app_objects("shop", app, "img:1", {});
  const Json annotations = {
      {"prometheus.io/scrape", "true"}, {"prometheus.io/port", "8000"}, {"prometheus.io/path", "/metrics"}};
  CHECK(measured[0]["spec"]["template"]["metadata"]["annotations"] == annotations);
  CHECK(spec["replicas"] == app.replicas);
  app.port = 0;
  app.sync.clear();
  const auto plain = app_objects("shop", app, "img:1", {});
  REQUIRE(plain.size() == 1);
  CHECK(!plain[0]["spec"]["template"]["spec"].contains("readinessGates"));
}

TEST_CASE("an app that is scaled by its load leaves the number of its replicas alone") {
  auto app = example();
  app.port = 0;
  app.autoscale = Autoscale{2, 5, 60};
  const auto objects = app_objects("shop", app, "img:1", {});
  REQUIRE(objects.size() == 2);
  CHECK_FALSE(objects[0]["spec"].contains("replicas"));
  CHECK(objects[0]["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]["cpu"] == "100m");
  CHECK(objects[1]["kind"] == "HorizontalPodAutoscaler");
  const auto& spec = objects[1]["spec"];
  CHECK(spec["scaleTargetRef"] == Json::parse(R"({"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"})"));
  CHECK(spec["minReplicas"] == 2);
  CHECK(spec["maxReplicas"] == 5);
  CHECK(spec["metrics"][0]["resource"]["target"]["averageUtilization"] == 60);
}
