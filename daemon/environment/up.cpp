#include <algorithm>

#include "core/when_all.hpp"
#include "environment/environment.hpp"
#include "protocol/error.hpp"

// `gf up`: everything that can go on at once does. While nodes are being made, images are obtained, built and loaded.
namespace gf::environment {

using operation::Context;
using operation::run_step;

namespace {

constexpr auto runtime_limit = std::chrono::minutes(10);  // for a node's container runtime to come up

using Steps = std::vector<std::pair<std::string, std::function<Task<>(Context&)>>>;  ///< title and body

/// Each as a step of its own below `context`, to be awaited together.
std::vector<Task<>> tasks_of(const Steps& steps, Context& context) {
  std::vector<Task<>> tasks;
  for (const auto& [title, body] : steps) tasks.push_back(run_step(context, title, body));
  return tasks;
}

}  // namespace

Task<> Environment::obtain_addon_images(Cargo& cargo, Context& context) {
  auto obtaining = with_.addons.obtain_images(context);
  cargo.deliver(co_await std::move(obtaining));
}

/// What an app's image is called, and how it gets into the nodes, is what the cluster says, where there is one already.
Task<> Environment::build_app(std::string project, std::string app, Cargo& cargo, Context& context) {
  auto looking = look();  // before the first node of one that is made now
  co_await std::move(looking);
  if (seen_.presence == cluster::Presence::stopped || seen_.presence == cluster::Presence::running) {
    auto waiting = with_.mirror.wait_synced();
    co_await std::move(waiting);
  }
  auto building = with_.deploy.build(std::move(project), std::move(app), context);
  std::vector<std::string> references;
  references.push_back(co_await std::move(building));
  cargo.deliver(std::move(references));
}

/// Images go into the nodes as soon as their container runtimes answer, while Kubernetes is still being set up there.
Task<> Environment::load_cargo(Cargo& cargo, std::size_t nodes, Context& context) {
  auto all_run = [&] {
    const bool complete =
        seen_.presence == cluster::Presence::running || (with_.cluster.creating() && seen_.nodes.size() == nodes);
    return complete && std::ranges::all_of(seen_.nodes, &cluster::Node::running);
  };
  while (!all_run()) {
    auto waiting = looked_.wait();
    co_await std::move(waiting);
  }
  for (;;) {
    auto taking = cargo.take();
    auto references = co_await std::move(taking);
    if (references.empty()) co_return;
    auto loading = load_into(cluster::workload_nodes(seen_), std::move(references), context);
    co_await std::move(loading);
  }
}

Task<> Environment::load_into(std::vector<std::string> nodes, std::vector<std::string> references, Context& context) {
  const auto until = with_.clock.now() + runtime_limit;
  for (;;) {
    try {
      auto loading = with_.images.load(references, nodes, context);
      co_await std::move(loading);
      co_return;
    } catch (const Error& error) {
      // The runtime is not up yet, or is started again with its final settings, or the node was of an earlier creation
      // and is gone: nothing tells when it will be there.
      const auto code = error.code();
      if (code != ErrorCode::cluster_failed && code != ErrorCode::cluster_unavailable && code != ErrorCode::not_found)
        throw;
      if (with_.clock.now() > until) throw;
    } catch (const boost::system::system_error& error) {
      if (error.code() == net::error::operation_aborted || with_.clock.now() > until) throw;
    }
    auto sleeping = with_.clock.sleep_for(std::chrono::milliseconds(300));
    co_await std::move(sleeping);
  }
}

Task<> Environment::bring_cluster(ProjectSpec spec, Rise& rise, Context& context) {
  auto ensuring = ensure_cluster(spec.cluster, context);
  co_await std::move(ensuring);
  require_mount(spec);
  // From here on it is brought back after a restart of the engine or the machine; a creation that failed is not.
  set_wanted(true);
  rise.cluster = true;
  with_.mirror.changed().notify_all();
}

Task<> Environment::bring_images(ProjectSpec spec, Rise& rise, Context& context) {
  auto loading = load_cargo(rise.cargo, 1 + static_cast<std::size_t>(spec.cluster.workers), context);
  co_await std::move(loading);
  rise.images = true;
  with_.mirror.changed().notify_all();
  // What follows holds up nothing. While Kubernetes is set up the machine is idle most of the time, and busy when the
  // first containers are made: images are unpacked ahead of them.
  if (with_.cluster.creating()) {
    auto unpacking = with_.images.unpack(rise.cargo.delivered(), cluster::workload_nodes(seen_));
    co_await std::move(unpacking);
  }
}

/// For programs on this machine.
Task<> Environment::claim_only(ProjectSpec spec, std::string addon, Context& context) {
  auto claiming = claim(spec.name, std::move(addon), context);
  co_await std::move(claiming);
}

/// Addons and apps, as soon as their images are in the nodes. In a new cluster they are applied while the workers still
/// join; in one that was started again not before its statuses are of now.
Task<> Environment::start_all(ProjectSpec spec, Rise& rise, Context& context) {
  auto can_apply = [&] {
    return rise.cluster || (with_.cluster.creating() && with_.kube.available() && with_.mirror.synced());
  };
  while (!rise.images || !can_apply()) {
    auto waiting = with_.mirror.changed().wait();
    co_await std::move(waiting);
  }
  auto making = ensure_namespace(spec);
  co_await std::move(making);
  auto rousing = rouse_all(spec);
  co_await std::move(rousing);
  auto raising = raise_rest(spec.name);
  co_await std::move(raising);
  Steps steps;
  steps.emplace_back("addons", [this](Context& step) { return with_.addons.ensure(step); });
  for (const auto& app : spec.apps)
    steps.emplace_back("app " + app.name, [this, &spec, &app](Context& step) { return start_app(spec, app, step); });
  for (const auto& [addon, profile] : spec.addons) {
    auto uses_it = [&addon](const AppSpec& app) { return std::ranges::find(app.uses, addon) != app.uses.end(); };
    if (std::ranges::any_of(spec.apps, uses_it)) continue;  // it claims what it uses
    if (!with_.addons.catalogue().at(addon).claim) continue;
    steps.emplace_back("claim " + addon,
                       [this, &spec, &addon](Context& step) { return claim_only(spec, addon, step); });
  }
  auto started = when_all(tasks_of(steps, context));
  co_await std::move(started);
}

Task<Json> Environment::run_up(std::string root, Context& context) {
  auto loading = load(root);
  const auto spec = co_await std::move(loading);
  const auto registered = with_.registry.all();
  for (const auto& one : registered) {  // what the checkout was called before
    if (one.root != root || one.name == spec.name) continue;
    auto leaving = leave(one.name);
    co_await std::move(leaving);
  }
  auto attaching = with_.deploy.attach(spec);
  co_await std::move(attaching);

  Rise rise{Cargo(with_.executor, 1 + spec.apps.size())};
  Steps steps;
  steps.emplace_back("cluster", [&](Context& step) { return bring_cluster(spec, rise, step); });
  steps.emplace_back("images of the addons", [&](Context& step) { return obtain_addon_images(rise.cargo, step); });
  for (const auto& app : spec.apps)
    steps.emplace_back("build " + app.name,
                       [&](Context& step) { return build_app(spec.name, app.name, rise.cargo, step); });
  steps.emplace_back("load images into the nodes", [&](Context& step) { return bring_images(spec, rise, step); });
  auto running = tasks_of(steps, context);
  running.push_back(start_all(spec, rise, context));
  auto all = when_all(std::move(running));
  co_await std::move(all);

  auto removing = with_.deploy.remove_others(spec.name);
  co_await std::move(removing);
  auto opening = open_forwards();
  co_await std::move(opening);
  with_.deploy.recheck(spec.name);
  with_.sleeper.look_again();
  Json result;
  result["project"] = spec.name;
  result["urls"] = Json::object();
  for (const auto& app : spec.apps)
    if (const int port = port_of(forward_name(spec.name, app.name)))
      result["urls"][app.name] = "http://localhost:" + std::to_string(port);
  co_return result;
}

}  // namespace gf::environment
