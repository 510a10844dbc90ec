#include "backup/cluster_backups.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "support/refusing_kube_api.hpp"
#include "support/run_task.hpp"
#include "support/temporary_folder.hpp"

// Objects from one cluster into another. Volumes need nodes: tests/e2e/cluster-backup.
namespace {

using namespace gf;
using namespace gf::backup;
using test::run_task;
using Names = std::vector<std::string>;

Json object(const std::string& version, const std::string& kind, const std::string& space, const std::string& name) {
  Json made;
  made["apiVersion"] = version;
  made["kind"] = kind;
  made["metadata"]["name"] = name;
  if (!space.empty()) made["metadata"]["namespace"] = space;
  return made;
}

Json settings(const std::string& colour) {
  auto made = object("v1", "ConfigMap", "team", "settings");
  made["data"]["colour"] = colour;
  return made;
}

/// Serves Widgets once it has their definition.
class Cluster final : public test::RefusingKubeApi {
 public:
  std::map<std::string, Json> objects;  ///< by name_of()
  Names made;

  void put(const Json& one) { objects[name_of(one)] = one; }

  Task<std::vector<kube::ResourceName>> kinds() override {
    std::vector<kube::ResourceName> all;
    all.push_back({"v1", "ConfigMap", "configmaps", true, true});
    all.push_back({"v1", "Namespace", "namespaces", false, true});
    all.push_back({"apps/v1", "Deployment", "deployments", true, true});
    all.push_back({"example.com/v1", "Widget", "widgets", true, true});
    all.push_back({"apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions", false, true});
    co_return all;
  }
  Task<std::vector<Json>> list(std::string, std::string kind, std::string, std::string) override {
    need(kind);
    std::vector<Json> found;
    for (const auto& [name, one] : objects)
      if (one["kind"] == kind) found.push_back(one);
    co_return found;
  }
  Task<std::optional<Json>> get(std::string version, std::string kind, std::string space, std::string name) override {
    need(kind);
    const auto found = objects.find(name_of(object(version, kind, space, name)));
    if (found == objects.end()) co_return std::nullopt;
    co_return found->second;
  }
  Task<std::optional<Json>> create(Json one) override {
    need(one["kind"]);
    made.push_back(name_of(one));
    put(one);
    co_return one;
  }
  Task<Json> apply(Json one) override {
    made.push_back("applied " + name_of(one));
    put(one);
    co_return one;
  }
  Task<> watch(std::string, std::string, std::string, std::string, kube::WatchSink on_event) override {
    on_event({"SYNCED", nullptr});
    co_return;
  }

 private:
  void need(const std::string& kind) const {
    if (kind == "Widget" && !objects.contains("CustomResourceDefinition widgets.example.com"))
      throw Error(ErrorCode::not_found, "cannot find the kind Widget");
  }
};

/// What others have in a cluster, something of gfd's own, and what every cluster has.
std::shared_ptr<Cluster> full_cluster() {
  auto cluster = std::make_shared<Cluster>();
  auto definition = object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "widgets.example.com");
  definition["spec"] = Json::parse(R"({"group":"example.com","names":{"kind":"Widget"},
    "versions":[{"name":"v0","served":false},{"name":"v1","served":true}]})");
  cluster->put(definition);
  cluster->put(object("v1", "Namespace", "", "team"));
  cluster->put(object("v1", "Namespace", "", "kube-system"));
  cluster->put(object("example.com/v1", "Widget", "team", "one"));
  cluster->put(settings("green"));
  cluster->put(object("apps/v1", "Deployment", "team", "theirs"));
  auto own = object("apps/v1", "Deployment", "data", "ours");
  own["metadata"]["labels"]["app.kubernetes.io/managed-by"] = "greenfield";
  cluster->put(own);
  return cluster;
}

struct World {
  net::io_context io;
  SystemClock clock;
  WorkerPool workers;
  PosixFileSystem files;
  test::TemporaryFolder folder;
  std::unique_ptr<container::Engine> engine = container::make_docker_engine(io.get_executor(), "/nowhere");
  operation::Engine operations{io.get_executor(), clock, files, folder.path() / "operations"};
  kube::CurrentKubeApi kube;
  kube::Mirror mirror{io.get_executor(), kube};
  manifest::Rollout rollout{kube, mirror, clock};
  ClusterBackups backups{{io.get_executor(), clock, workers, files, operations, kube, mirror, *engine, rollout,
                          [] { return Names{"node"}; }, [](const std::string&, const std::string&) {}},
                         folder.path() / "backups"};

  ~World() {
    run_task(io, operations.stop());
    run_task(io, mirror.stop());
  }
  Operation ended(const Operation& operation) { return run_task(io, operations.wait(operation.id)); }
  Operation save(std::shared_ptr<Cluster> cluster) {
    kube.set(std::move(cluster));
    return ended(backups.back_up(false));
  }
  Operation restore(std::shared_ptr<Cluster> cluster, bool force = false) {
    kube.set(std::move(cluster));
    return ended(run_task(io, backups.restore("latest", force)));
  }
};

}  // namespace

TEST_CASE("cluster backups: others' objects come into a new cluster, what is needed first") {
  World world;
  const auto saved = world.save(full_cluster());
  REQUIRE(saved.state == OperationState::done);
  CHECK(saved.result["objects"]["count"] == 6);
  CHECK(saved.result["full"] == true);
  const auto next = std::make_shared<Cluster>();
  const auto restored = world.restore(next);
  REQUIRE(restored.state == OperationState::done);
  CHECK(next->made == Names{"CustomResourceDefinition widgets.example.com", "Namespace team", "ConfigMap team/settings",
                            "Deployment team/theirs", "Widget team/one"});
  CHECK(restored.result["created"] == 5);
  CHECK(restored.result["left"] == 1);  // gfd's own workload comes with `gf up`
  next->made.clear();
  CHECK(world.restore(next).result["created"] == 0);
  CHECK(next->made.empty());
}

TEST_CASE("cluster backups: what is there with other content is named, and replaced by force only") {
  World world;
  REQUIRE(world.save(full_cluster()).state == OperationState::done);
  const auto next = std::make_shared<Cluster>();
  next->put(settings("red"));
  const auto refused = world.restore(next);
  REQUIRE(refused.error);
  CHECK(refused.error->code() == ErrorCode::conflict);
  CHECK(refused.error->message().find("ConfigMap team/settings") != std::string::npos);
  CHECK(next->made.empty());
  const auto forced = world.restore(next, true);
  CHECK(forced.result["replaced"] == 1);
  CHECK(next->objects.at("ConfigMap team/settings")["data"]["colour"] == "green");
}

TEST_CASE("cluster backups: a damaged file is refused by its name before anything is made") {
  World world;
  const auto id = world.save(full_cluster()).result["id"].get<std::string>();
  std::ofstream(world.folder.path() / "backups" / id / "objects.ndjson", std::ios::app) << "x";
  const auto next = std::make_shared<Cluster>();
  const auto refused = world.restore(next);
  REQUIRE(refused.error);
  CHECK(refused.error->message().find(id + "/objects.ndjson is not what was written") != std::string::npos);
  CHECK(next->made.empty());
}

TEST_CASE("cluster backups: one that fails leaves nothing") {
  World world;
  auto broken = full_cluster();
  broken->objects.erase("CustomResourceDefinition widgets.example.com");  // and its kind is told of all the same
  CHECK(world.save(broken).state == OperationState::failed);
  CHECK(std::filesystem::is_empty(world.folder.path() / "backups"));
  CHECK_THROWS_AS(world.restore(broken), Error);
}
