#include <algorithm>
#include <ctime>

#include "environment/environment.hpp"
#include "protocol/error.hpp"

// The nodes, made or started; and checkouts that are mounted into them: when they are made, or never.
namespace gf::environment {

using operation::Context;
using operation::run_step;

namespace {

std::string utc_text(double seconds) {
  const auto when = static_cast<std::time_t>(seconds);
  std::tm parts{};
  ::gmtime_r(&when, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%FT%TZ", &parts);
  return text;
}

}  // namespace

Task<> Environment::ensure_cluster(ClusterSpec spec, Context& context) {
  auto before = with_.cluster.observe();
  std::set<std::string> stopped;
  for (const auto& node : (co_await std::move(before)).nodes)
    if (!node.running) stopped.insert(node.name);
  const auto began = utc_text(with_.clock.wall_seconds());
  std::function<Task<std::string>(Context&)> node_image = [this](Context& step) {
    with_.images.forget_nodes();  // new nodes hold nothing
    return with_.images.obtain("node", step);
  };
  auto gathering = mounting_checkouts();
  auto checkouts = co_await std::move(gathering);
  auto ensuring = with_.cluster.ensure_running(spec, std::move(checkouts), node_image, context);
  co_await std::move(ensuring);
  auto looking = look();
  co_await std::move(looking);
  while (!with_.mirror.synced()) {
    auto waiting = with_.mirror.changed().wait();
    co_await std::move(waiting);
  }
  if (stopped.empty()) co_return;
  following_.spawn("tell the nodes' addresses", tell_addresses());
  following_.spawn("nudge the pods", nudge_pods(stopped));
  std::function<Task<>(Context&)> body = [&](Context& step) { return wait_fresh(stopped, began, step); };
  auto stepping = run_step(context, "wait for the kubelets", body);
  co_await std::move(stepping);
}

/// Of all checkouts that are known, also of those that do not run: theirs may be brought up in the same cluster later.
Task<std::vector<std::string>> Environment::mounting_checkouts() {
  std::vector<std::string> roots;
  const auto all = with_.registry.all();
  for (const auto& one : all) {
    std::optional<ProjectSpec> spec;
    if (const auto* known = with_.deploy.spec(one.name)) spec = *known;
    if (!spec) {
      try {
        auto loading = offload(with_.workers, project::load, one.root, vocabulary());
        spec = co_await std::move(loading);
      } catch (const Error& error) {
        if (error.code() == ErrorCode::cancelled) throw;  // else it is gone or broken, and mounts nothing
      }
    }
    if (spec && mounts_checkout(*spec)) roots.push_back(one.root);
  }
  co_return roots;
}

void Environment::require_mount(const ProjectSpec& project) const {
  if (!mounts_checkout(project)) return;
  const auto mounted = cluster::mounted_checkouts(seen_);
  if (std::ranges::find(mounted, project.root) != mounted.end()) return;
  throw Error(
      ErrorCode::bad_config,
      "cannot mount " + project.root + " into the apps of " + project.name +
          " ('sync_mode: mount'): the nodes were made without it, and take no mounts afterwards",
      "`gf backup cluster`, `gf down --delete`, `gf up` and `gf backup restore cluster` make new nodes with it; "
      "'sync_mode: copy' needs none");
}

}  // namespace gf::environment
