#include <algorithm>

#include "core/with_timeout.hpp"
#include "environment/environment.hpp"
#include "kube/node_address.hpp"
#include "kube/readiness.hpp"
#include "protocol/error.hpp"

// What the operations do, step by step.
namespace gf::environment {

using operation::Context;
using operation::run_step;

namespace {

constexpr int nudges = 12;  // past the ten seconds of the kubelet's own next look
constexpr auto nudge_pause = std::chrono::seconds(1);
constexpr auto save_limit = std::chrono::seconds(5);

}  // namespace

/// The engine may have given a node that was stopped another address. Its kubelet says so with its next status only,
/// which comes after ten seconds and more where the first one found no API server; until then the routes to its pods
/// lead to another node, CoreDNS's among them.
Task<> Environment::tell_addresses() {
  auto listing = with_.kube.list("v1", "Node", "", "");
  const auto nodes = co_await std::move(listing);
  for (const auto& node : nodes) {
    auto name = node.at("metadata").value("name", "");
    const auto found = std::ranges::find(seen_.nodes, name, &cluster::Node::name);
    if (found == seen_.nodes.end()) continue;
    auto patch = kube::address_patch(node, found->address);
    if (!patch) continue;
    auto patching = with_.kube.patch("v1", "Node", "", std::move(name), "status", std::move(*patch));
    co_await std::move(patching);
  }
}

/// Until no pod of `nodes` is told to be running since before they were.
Task<> Environment::wait_fresh(std::set<std::string> nodes, std::string since, Context& context) {
  std::size_t most = 0;
  for (;;) {
    const auto pods = with_.mirror.all("Pod", "");
    const auto stale = static_cast<std::size_t>(std::ranges::count_if(pods, [&](const auto* pod) {
      return nodes.contains(pod->at("spec").value("nodeName", "")) && kube::is_stale(*pod, since);
    }));
    most = std::max(most, stale);
    context.progress(most - stale, most, "pods");
    if (stale == 0) co_return;
    auto waiting = with_.mirror.changed().wait();
    co_await std::move(waiting);
  }
}

/// A kubelet that has just started refuses pods until it has read the Services, and looks at a refused pod again after
/// ten seconds only; a change of the pod makes it look at once. Without kube-proxy or the routes of one node nothing
/// that needs its network goes on.
Task<> Environment::nudge_pods(std::set<std::string> nodes) {
  for (int round = 1; round <= nudges; ++round) {
    auto sleeping = with_.clock.sleep_for(nudge_pause);
    co_await std::move(sleeping);
    std::vector<std::pair<std::string, std::string>> waiting;  ///< namespace, name
    for (const auto* pod : with_.mirror.all("Pod", ""))
      if (nodes.contains(pod->at("spec").value("nodeName", "")) && kube::awaits_kubelet(*pod))
        waiting.emplace_back(pod->at("metadata").value("namespace", ""), pod->at("metadata").value("name", ""));
    Json change;
    change["metadata"]["annotations"]["greenfield.dev/nudge"] = std::to_string(round);
    try {
      for (auto& [space, name] : waiting) {
        auto patching = with_.kube.patch("v1", "Pod", std::move(space), std::move(name), "", change);
        co_await std::move(patching);
      }
    } catch (const Error& error) {
      if (error.code() == ErrorCode::cancelled) throw;  // else it is gone, and so is the need
    }
  }
}

Task<> Environment::ensure_namespace(ProjectSpec project) {
  Json space;
  space["apiVersion"] = "v1";
  space["kind"] = "Namespace";
  space["metadata"]["name"] = project.name;
  space["metadata"]["labels"]["app.kubernetes.io/managed-by"] = "greenfield";
  if (in_mesh(project)) space["metadata"]["labels"].update(Json(deploy::mesh_namespace_labels()));
  auto applying = with_.kube.apply(std::move(space));
  co_await std::move(applying);
}

Task<> Environment::open_forwards() {
  for (const auto& [name, entry] : with_.addons.chosen()) {
    const auto& spec = with_.addons.catalogue().at(name);
    for (const auto& endpoint : spec.endpoints) {
      forward::ForwardSpec forward{endpoint.name, endpoint.localhost_port, spec.space, endpoint.service,
                                   endpoint.localhost_service_port};
      auto opening = with_.forwards.open(std::move(forward));
      co_await std::move(opening);
    }
  }
  for (const auto& one : with_.registry.all()) {
    const auto* spec = with_.deploy.spec(one.name);
    if (!one.up || !spec) continue;
    const auto apps = spec->apps;
    const bool meshed = in_mesh(*spec);
    for (const auto& app : apps) {
      if (app.port == 0) continue;
      forward::ForwardSpec forward{forward_name(one.name, app.name), app.localhost_port, one.name, app.name, app.port};
      if (meshed) forward.app = app.name;
      auto opening = with_.forwards.open(std::move(forward));
      co_await std::move(opening);
    }
  }
}

/// They are saved when they appear. For what appeared a moment ago; a cluster that does not answer is removed anyway.
Task<> Environment::save_secrets(Context& context) {
  auto saving = with_.addons.saved_secrets().save();
  auto limited = with_timeout(with_.clock, save_limit, "cannot wait longer for the cluster", std::move(saving));
  try {
    co_await std::move(limited);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) throw;
    context.log("Secrets that outlive the cluster were not asked for once more: " + error.message());
  }
}

Task<Json> Environment::run_down(bool remove, Context& context) {
  auto closing = with_.forwards.close_all();
  co_await std::move(closing);
  const auto all = with_.registry.all();
  for (auto one : all) {
    auto detaching = with_.deploy.detach(one.name);
    co_await std::move(detaching);
    one.up = false;
    with_.registry.put(std::move(one));
  }
  if (remove) {
    auto saving = save_secrets(context);
    co_await std::move(saving);
  }
  std::function<Task<>(Context&)> body = [&](Context& step) {
    return remove ? with_.cluster.remove(step) : with_.cluster.stop(step);
  };
  auto stepping = run_step(context, remove ? "remove the cluster" : "stop the nodes", body);
  co_await std::move(stepping);
  auto looking = look();
  co_await std::move(looking);
  co_return Json::object();
}

Task<Json> Environment::run_restore(Context& context) {
  ClusterSpec spec;
  for (const auto& one : with_.registry.all())
    if (const auto* known = with_.deploy.spec(one.name)) spec = known->cluster;
  for (;;) {
    const auto from = seen_.presence;
    gave_up_ = from;  // unless the nodes run in the end
    std::exception_ptr thrown;
    try {
      auto ensuring = ensure_cluster(spec, context);
      co_await std::move(ensuring);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::cancelled) throw;
      thrown = std::current_exception();
    }
    if (!thrown) break;
    auto looking = look();
    co_await std::move(looking);
    if (seen_.presence == from) std::rethrow_exception(thrown);
    context.log("the cluster is not what it was a moment ago (somebody is removing it?): once more");
  }
  gave_up_.reset();
  auto attaching = attach_projects();
  co_await std::move(attaching);
  std::function<Task<>(Context&)> body = [&](Context& step) { return with_.addons.ensure(step); };
  auto stepping = run_step(context, "addons", body);
  co_await std::move(stepping);
  for (const auto& one : with_.registry.all()) {
    const auto* known = with_.deploy.spec(one.name);
    if (!one.up || !known) continue;
    const auto project = *known;
    auto making = ensure_namespace(project);
    co_await std::move(making);
    for (const auto& app : project.apps) {
      auto starting = start_app(project, app, context);
      co_await std::move(starting);
    }
  }
  co_return Json::object();
}

Task<Json> Environment::run_addons(Context& context, std::string purge) {
  auto ensuring = with_.addons.ensure(context);
  co_await std::move(ensuring);
  const auto chosen = with_.addons.chosen();
  for (const auto& [name, spec] : with_.addons.catalogue().all()) {
    if (chosen.contains(name)) continue;
    for (const auto& endpoint : spec.endpoints) {
      auto closing = with_.forwards.close(endpoint.name);
      co_await std::move(closing);
    }
  }
  auto opening = open_forwards();
  co_await std::move(opening);
  if (!purge.empty() && !chosen.contains(purge)) {
    auto purging = with_.addons.purge(purge);
    co_await std::move(purging);
  }
  co_return Json::object();
}

}  // namespace gf::environment
