#include "cluster/cluster_service.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "cluster/port_block.hpp"
#include "protocol/error.hpp"

namespace gf::cluster {

namespace {

using operation::run_step;

std::vector<std::string> running_names(const Observation& seen) {
  std::vector<std::string> names;
  for (const auto& node : seen.nodes)
    if (node.running) names.push_back(node.name);
  return names;
}

}  // namespace

ClusterService::ClusterService(Collaborators with, std::string name, std::string provider,
                               std::function<void(std::vector<std::string>)> on_nodes)
    : with_(std::move(with)),
      name_(std::move(name)),
      provider_(with_.providers.at(provider).get()),
      on_nodes_(std::move(on_nodes)) {}

Task<Observation> ClusterService::observe() {
  auto seen = co_await provider_->observe(name_);
  on_nodes_(seen.presence == Presence::running ? running_names(seen) : std::vector<std::string>());
  if (seen.presence == Presence::running)
    co_await connect();
  else if (!creating_)
    disconnect();
  co_return seen;
}

/// Containers of an engine in a virtual machine cannot take what a process here gives away, and may see nothing of its
/// folders.
Task<bool> ClusterService::shares_kernel() {
  auto asking = with_.engine.version();
  const auto version = co_await std::move(asking);
  utsname ours{};
  co_return ::uname(&ours) == 0 && version.kernel == ours.release;
}

/// False where it cannot be: nothing needs it.
bool ClusterService::ensure_link() const {
  std::error_code error;
  std::filesystem::create_directories(with_.link.folder, error);
  if (!error) std::filesystem::permissions(with_.link.folder, std::filesystem::perms::owner_all, error);
  return !error;
}

void ClusterService::remove_link() const {
  const std::filesystem::path folder = with_.link.folder;
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  std::filesystem::remove(folder.parent_path(), ignored);
}

Task<> ClusterService::connect() {
  if (!connected_to_.empty()) co_return;
  const auto text = co_await provider_->kubeconfig(name_);
  auto access = kube::access_from_kubeconfig(text);
  with_.api.set(kube::make_kube_api(with_.executor, std::move(access), with_.clock));
  connected_to_ = text;
}

void ClusterService::disconnect() {
  with_.api.set(nullptr);
  connected_to_.clear();
}

Task<> ClusterService::ensure_running(ClusterSpec spec, std::vector<std::string> checkouts,
                                      std::function<Task<std::string>(operation::Context&)> node_image,
                                      operation::Context& context) {
  bool tuned = true;  // a cluster that was there is left as it is
  auto seen = co_await provider_->observe(name_);
  if (seen.presence == Presence::stopped) {
    ensure_link();  // the engine starts no node whose folder is missing, or makes it as root
    auto start = [&](operation::Context& step) { return provider_->start(name_, step); };
    auto starting = run_step(context, "start the nodes", start);
    co_await std::move(starting);
    seen = co_await provider_->observe(name_);
  }
  if (seen.presence == Presence::broken) {
    context.log("the cluster '" + name_ + "' is broken (" + seen.reason + "): it is made again");
    auto clear = [&](operation::Context& step) { return provider_->remove(name_, step); };
    auto clearing = run_step(context, "remove the broken nodes", clear);
    co_await std::move(clearing);
    seen.presence = Presence::absent;
  }
  if (seen.presence == Presence::absent) {
    disconnect();
    tuned = false;
    CreateSpec create;
    create.name = name_;
    create.workers = spec.workers;
    create.host_ports = spec.host_ports;
    create.checkouts = std::move(checkouts);
    auto sharing = shares_kernel();
    const bool shared = co_await std::move(sharing);
    if (shared && ensure_link()) create.link = with_.link;
    auto obtaining = node_image(context);
    create.node_image = co_await std::move(obtaining);
    std::optional<PortBlock> ports;  // held until the nodes have taken them
    if (spec.host_ports > 0) {
      ports.emplace(PortBlock::reserve(spec.host_ports));
      create.first_host_port = ports->first();
    }
    auto make = [&](operation::Context& step) { return provider_->create(create, step); };
    auto making = run_step(context, "create " + std::to_string(1 + spec.workers) + " nodes", make);
    creating_ = true;
    TaskGroup connecting(with_.executor);
    create.on_control_plane = [&] { connecting.spawn("connect to the control plane", connect_early(&tuned)); };
    std::exception_ptr thrown;
    try {
      co_await std::move(making);
    } catch (...) {
      thrown = std::current_exception();
    }
    creating_ = false;
    if (thrown) co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
    auto connected = connecting.stop();
    co_await std::move(connected);
    if (thrown) disconnect();
    if (thrown) std::rethrow_exception(thrown);
  }
  auto look = observe();
  co_await std::move(look);
  auto wait = [this](operation::Context& step) { return wait_api(step); };
  auto waiting = run_step(context, "wait for the Kubernetes API", wait);
  co_await std::move(waiting);
  if (tuned) co_return;
  auto tuning = tune();
  co_await std::move(tuning);
}

Task<> ClusterService::connect_early(bool* tuned) {
  auto connecting = connect();
  co_await std::move(connecting);
  auto tuning = tune();
  co_await std::move(tuning);
  *tuned = true;
}

/// Names are resolved only after CoreDNS has been found ready, which kubeadm lets the kubelet ask every ten seconds:
/// after a start of the nodes everything would wait for that.
Task<> ClusterService::tune() {
  Json probe;
  probe["name"] = "coredns";
  probe["readinessProbe"]["periodSeconds"] = 1;
  Json object;
  object["apiVersion"] = "apps/v1";
  object["kind"] = "Deployment";
  object["metadata"]["name"] = "coredns";
  object["metadata"]["namespace"] = "kube-system";
  object["spec"]["template"]["spec"]["containers"] = Json::array({probe});
  auto applying = with_.api.apply(std::move(object));
  co_await std::move(applying);
}

Task<> ClusterService::wait_api(operation::Context&) {
  const auto until = with_.clock.now() + std::chrono::minutes(3);
  // A server that is starting can be asked only: there is nothing yet that could tell.
  while (true) {
    bool up = false;
    try {
      up = co_await with_.api.ready();
    } catch (const Error& error) {
      if (error.code() == ErrorCode::cancelled) throw;
    }
    if (up) co_return;
    if (with_.clock.now() > until)
      throw Error(ErrorCode::cluster_unavailable, "cannot reach the Kubernetes API of '" + name_ + "' within 3 minutes",
                  "gf doctor; `gf down --delete` and `gf up` make a new cluster");
    co_await with_.clock.sleep_for(std::chrono::milliseconds(100));
  }
}

Task<> ClusterService::stop(operation::Context& context) {
  disconnect();
  on_nodes_({});
  co_await provider_->stop(name_, context);
}

Task<> ClusterService::remove(operation::Context& context) {
  disconnect();
  on_nodes_({});
  co_await provider_->remove(name_, context);
  on_nodes_({});  // who has looked meanwhile saw some that were still there
  remove_link();
}

}  // namespace gf::cluster
