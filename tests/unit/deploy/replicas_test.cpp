#include "deploy/replicas.hpp"

#include <doctest/doctest.h>

#include "core/offload.hpp"
#include "deploy/data_mark.hpp"
#include "support/memory_file_system.hpp"
#include "support/refusing_engine.hpp"
#include "support/refusing_kube_api.hpp"
#include "support/run_task.hpp"

namespace gf::test {

namespace {

/// A cluster with one pod of the app web, which takes requests; it was made for the data of the branch `data`.
class Cluster final : public RefusingKubeApi {
 public:
  explicit Cluster(const std::string& data) {
    pod_["kind"] = "Pod";
    auto& metadata = pod_["metadata"];
    metadata["name"] = "web-1";
    metadata["namespace"] = "shop";
    metadata["labels"][deploy::app_label] = "web";
    if (!data.empty()) {
      Json workload{{"kind", "Deployment"}};
      deploy::note_data(workload, data);
      metadata["annotations"] = workload["spec"]["template"]["metadata"]["annotations"];
    }
    pod_["spec"]["nodeName"] = "node";
    Json container;
    container["image"] = "image";
    pod_["spec"]["containers"] = Json::array({container});
    Json status{{"name", "web"}, {"containerID", "containerd://web"}};
    status["state"]["running"] = Json::object();
    pod_["status"]["containerStatuses"] = Json::array({status});
    Json gate{{"type", deploy::synced_gate}, {"status", "True"}};
    pod_["status"]["conditions"] = Json::array({gate});
  }
  std::vector<std::string> patched;  ///< the states that its gate was given

  Task<Json> patch(std::string, std::string, std::string, std::string, std::string, Json change) override {
    patched.push_back(change["status"]["conditions"][0].value("status", ""));
    co_return change;
  }
  Task<> watch(std::string, std::string kind, std::string, std::string, kube::WatchSink sink) override {
    if (kind == "Pod") sink({"ADDED", pod_});
    sink({"SYNCED", Json::object()});
    co_return;
  }

 private:
  Json pod_;
};

struct World {
  net::io_context io;
  SystemClock clock;
  WorkerPool workers{1};
  MemoryFileSystem files;
  RefusingEngine engine;
  std::shared_ptr<Cluster> cluster;
  kube::CurrentKubeApi current;
  kube::Mirror mirror{io.get_executor(), current};
  node::Links links{io.get_executor(), engine, clock, {"/nowhere/gf-agent", "/nowhere/gf-supervise"}};
  deploy::Replicas replicas;

  static AppSpec app() {
    AppSpec app;
    app.name = "web";
    app.sync = {{"app", "/srv"}};
    return app;
  }
  explicit World(const std::string& data)
      : cluster(std::make_shared<Cluster>(data)),
        replicas({io.get_executor(), clock, workers, current, mirror, links,
                  [](const std::string&) { return std::vector<std::string>(); }, [](const std::string&) {},
                  [](const deploy::LastSync&) {}, deploy::Ledger(files, "/ledger")},
                 "shop", "/nowhere", app()) {
    current.set(cluster);
    run_task(io, mirror.wait_synced());
    replicas.refresh();
  }
  ~World() {
    run_task(io, replicas.stop());
    run_task(io, links.stop());
    current.set(nullptr);
    run_task(io, mirror.stop());
  }
  /// The checkout has another state, to which these data belong. What the pod's gate was given then.
  std::vector<std::string> change(const std::string& data) {
    source::Snapshot snapshot;
    snapshot.tree = std::make_shared<source::Tree>();
    replicas.set_snapshot(std::move(snapshot), data);
    io.restart();
    io.run_for(std::chrono::milliseconds(50));
    return std::exchange(cluster->patched, {});
  }
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a replica is given the files that belong to its data, and no others") {
  World of_base("");
  CHECK(of_base.change("feature").empty());     // it serves on with what it has
  CHECK(of_base.change("") == Texts{"False"});  // its files are to be compared first
  World of_branch("feature");
  CHECK(of_branch.change("").empty());
  CHECK(of_branch.change("other").empty());
  CHECK(of_branch.change("feature") == Texts{"False"});
}

}  // namespace gf::test
