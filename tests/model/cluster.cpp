#include "model/cluster.hpp"

#include <boost/asio/post.hpp>

#include "support/refusing_engine.hpp"
#include "support/refusing_kube_api.hpp"
#include "support/run_task.hpp"

namespace gf::model {

namespace {

constexpr const char* project = "model";

std::string node_name(std::size_t index) { return "node-" + std::to_string(index); }

}  // namespace

/// An engine that can do nothing but run the agents.
class Cluster::Engine final : public test::RefusingEngine {
 public:
  explicit Engine(Cluster& cluster) : cluster_(cluster) {}
  Task<std::unique_ptr<container::ExecStream>> exec_stream(container::ExecSpec spec) override {
    for (std::size_t i = 0; i < nodes; ++i)
      if (spec.container == node_name(i)) co_return cluster_.node(i).run_agent();
    throw Error(ErrorCode::internal, "cannot run a program: there is no such node");
  }

 private:
  Cluster& cluster_;
};

/// An API server that has the app's pods and nothing else.
class Cluster::Api final : public test::RefusingKubeApi {
 public:
  Api(Cluster& cluster, Executor executor) : cluster_(cluster), never_(executor) {
    for (std::size_t i = 0; i < nodes; ++i) {
      Json pod;
      pod["kind"] = "Pod";
      pod["metadata"]["name"] = "pod-" + std::to_string(i);
      pod["metadata"]["namespace"] = project;
      pod["metadata"]["labels"][deploy::project_label] = project;
      pod["metadata"]["labels"][deploy::app_label] = Cluster::app().name;
      pod["spec"]["nodeName"] = node_name(i);
      Json container;
      container["image"] = "image";
      pod["spec"]["containers"] = Json::array({container});
      if (cluster_.mounted_) {
        Json volume;
        volume["name"] = "gf-checkout-0";
        pod["spec"]["volumes"] = Json::array({volume});
      }
      pods_[i] = std::move(pod);
      fill_status(i);
    }
  }

  /// The kubelet has seen which instance runs.
  void refresh(std::size_t index) {
    fill_status(index);
    tell("MODIFIED", pods_[index]);
  }

  Task<> watch(std::string, std::string kind, std::string, std::string, kube::WatchSink sink) override {
    if (kind == "Pod") {
      sink_ = sink;
      for (const auto& pod : pods_) tell("ADDED", pod);
    }
    kube::WatchEvent synced;
    synced.type = "SYNCED";
    sink(synced);
    auto waiting = never_.wait();
    co_await std::move(waiting);
  }
  Task<Json> patch(std::string, std::string, std::string, std::string name, std::string, Json patch) override {
    co_await net::post(net::use_awaitable);  // as an answer that comes over a network: never at once
    for (std::size_t i = 0; i < nodes; ++i) {
      auto& pod = pods_[i];
      if (pod["metadata"]["name"] != name) continue;
      pod["status"]["conditions"] = patch["status"]["conditions"];
      cluster_.on_gate_(i, is_open(i));
      tell("MODIFIED", pod);
      co_return pod;
    }
    throw Error(ErrorCode::not_found, "cannot find the pod " + name);
  }
  bool is_open(std::size_t index) const {
    const auto conditions = pods_[index].at("status").value("conditions", Json::array());
    return !conditions.empty() && conditions[0].value("status", "") == "True";
  }

 private:
  void fill_status(std::size_t index) {
    Json container;
    container["name"] = Cluster::app().name;
    container["containerID"] = "containerd://" + cluster_.node(index).container_id();
    container["state"]["running"] = Json::object();
    pods_[index]["status"]["containerStatuses"] = Json::array({container});
  }
  void tell(std::string type, const Json& pod) {
    if (!sink_) return;
    kube::WatchEvent event;
    event.type = std::move(type);
    event.object = pod;
    sink_(event);
  }

  Cluster& cluster_;
  Signal never_;
  std::array<Json, nodes> pods_;
  kube::WatchSink sink_;
};

AppSpec Cluster::app() {
  AppSpec app;
  app.name = "app";
  app.image = "image";
  app.sync.push_back({"", "/srv/all"});
  app.sync.push_back({"src", "/srv/src"});
  app.on_sync = OnSync::none;
  return app;
}

Cluster::Cluster(net::io_context& io, Clock& clock, WorkerPool& workers, std::string root, std::filesystem::path image,
                 std::vector<std::string> built, bool mounted)
    : io_(io),
      mounted_(mounted),
      nodes_{std::make_unique<FaultyNode>(io.get_executor(), image),
             std::make_unique<FaultyNode>(io.get_executor(), image)},
      engine_(std::make_unique<Engine>(*this)),
      api_(std::make_shared<Api>(*this, io.get_executor())),
      mirror_(io.get_executor(), current_),
      links_(io.get_executor(), *engine_, clock, {GF_AGENT, GF_AGENT}),  // nothing is restarted here
      replicas_(
          {io.get_executor(), clock, workers, current_, mirror_, links_,
           [built = std::move(built)](const std::string&) { return built; },
           [this](const std::string& sentence) { warning_ = sentence; }, [this](const deploy::LastSync&) { ++saves_; }},
          project, std::move(root), app()) {
  for (std::size_t i = 0; i < nodes; ++i) {
    // As in a real cluster: first the container is another one, then it is heard of.
    node(i).on_restart([this, i] { net::post(io_, [this, i] { api_->refresh(i); }); });
  }
  mirror_.on_event([this](const kube::WatchEvent&) { replicas_.refresh(); });
  std::vector<std::string> names;
  for (std::size_t i = 0; i < nodes; ++i) names.push_back(node_name(i));
  links_.set_nodes(std::move(names));
  current_.set(api_);
}

Cluster::~Cluster() {
  test::run_task(io_, replicas_.stop());
  test::run_task(io_, mirror_.stop());
  test::run_task(io_, links_.stop());
}

FaultyNode& Cluster::node(std::size_t index) { return *nodes_.at(index % nodes); }

void Cluster::set_snapshot(source::Snapshot snapshot) { replicas_.set_snapshot(std::move(snapshot)); }

std::vector<deploy::Verdict> Cluster::verify(bool repair) { return test::run_task(io_, replicas_.verify(repair)); }

bool Cluster::synced() const {
  const auto all = replicas_.status();
  if (all.size() != nodes) return false;
  for (std::size_t i = 0; i < nodes; ++i)
    if (!all[i].synced || (!mounted_ && !api_->is_open(i))) return false;
  return true;
}

}  // namespace gf::model
