#include <algorithm>

#include "deploy/app_objects.hpp"
#include "environment/environment.hpp"
#include "protocol/error.hpp"

// `gf down --purge` and `gf addon reset`: taking away what a project has.
namespace gf::environment {

using operation::Context;
using operation::run_step;

namespace {

constexpr auto look_again = std::chrono::milliseconds(200);  // for a namespace: nothing tells when it is gone

constexpr std::pair<const char*, const char*> workload_kinds[] = {{"apps/v1", "Deployment"}, {"apps/v1", "StatefulSet"},
                                                                  {"apps/v1", "DaemonSet"},  {"batch/v1", "CronJob"},
                                                                  {"batch/v1", "Job"},       {"v1", "Pod"}};

/// Throws when the namespace of a project with this name would not be its own.
void refuse_shared(const addon::Catalogue& catalogue, const std::string& project) {
  const bool shared =
      project == "default" || project.starts_with("kube-") || project == "local-path-storage" ||
      std::ranges::any_of(catalogue.all(), [&](const auto& one) { return one.second.space == project; });
  if (shared)
    throw Error(ErrorCode::conflict, "cannot remove " + project + ": its namespace is not its own",
                "change `name` in greenfield.yaml");
}

}  // namespace

Error no_cluster(const std::string& cannot) {
  return Error(ErrorCode::cluster_unavailable, cannot + ": the cluster does not run",
               "gf up, then again; `gf down --delete` removes the whole cluster");
}

Task<Operation> Environment::purge(std::string name, std::string root) {
  const auto* known = name.empty() ? with_.registry.at_root(root) : with_.registry.find(name);
  if (!name.empty() && !known) throw no_project(name);
  const bool is_registered = known != nullptr;
  if (known) {
    name = known->name;
  } else {
    auto loading = offload(with_.workers, project::load, root, vocabulary());
    name = (co_await std::move(loading)).name;
    if (const auto* other = with_.registry.find(name))
      throw Error(ErrorCode::conflict, "cannot remove " + name + ": it is the project in " + other->root,
                  "gf -C " + other->root + " down --purge");
  }
  refuse_shared(with_.addons.catalogue(), name);
  if (!with_.kube.available() && seen_.presence != cluster::Presence::absent)
    throw no_cluster("cannot remove what " + name + " has");
  auto ending = end_rollouts();
  co_await std::move(ending);
  auto halting = halt_deliveries(name);
  co_await std::move(halting);
  Json parameters;
  parameters["project"] = name;
  with_.operations.refuse_conflict("purge", parameters);
  if (is_registered) with_.registry.take_down(name);
  co_return with_.operations.start("purge", parameters);
}

Task<Operation> Environment::reset(std::string project, std::string addon) {
  with_.addons.catalogue().at(addon);
  const auto cannot = "cannot reset " + addon;
  const auto* spec = with_.deploy.spec(project);
  if (!spec) throw Error(ErrorCode::not_found, "cannot find a running project called '" + project + "'", "gf up");
  if (!spec->addons.contains(addon))
    throw Error(ErrorCode::not_found, cannot + ": " + project + " does not use it",
                "name it under `addons` in greenfield.yaml, then gf up");
  if (!with_.kube.available()) throw no_cluster(cannot);
  auto checking = check_seeds(*spec);
  co_await std::move(checking);
  auto ending = end_rollouts();
  co_await std::move(ending);
  auto halting = halt_deliveries(project);
  co_await std::move(halting);
  Json parameters;
  parameters["project"] = project;
  parameters["addon"] = addon;
  co_return with_.operations.start("addon-reset", parameters);
}

/// Whether there is a cluster; when there is, waits until what is in it is known.
Task<bool> Environment::reach_cluster() {
  auto looking = look();
  co_await std::move(looking);
  if (seen_.presence == cluster::Presence::absent) co_return false;
  if (!with_.kube.available()) throw no_cluster("cannot go on");
  while (!with_.mirror.synced()) {
    auto waiting = with_.mirror.changed().wait();
    co_await std::move(waiting);
  }
  co_return true;
}

/// Removes the workloads of the project (those of `apps`, all with none) and waits until their pods are gone: what an
/// addon holds is not taken away under a program's feet.
Task<> Environment::stop_apps(std::string project, std::vector<std::string> apps) {
  if (apps.empty()) apps.emplace_back();
  for (const auto& app : apps) {
    const auto label = app.empty() ? app : std::string(deploy::app_label) + '=' + app;
    // The pods too: those of a Job do not go with it.
    for (const auto& [version, kind] : workload_kinds) {
      auto removing = with_.kube.remove_all(version, kind, project, label);
      co_await std::move(removing);
    }
    while (!with_.mirror.all("Pod", project, app.empty() ? "" : deploy::app_label, app).empty()) {
      auto waiting = with_.mirror.changed().wait();
      co_await std::move(waiting);
    }
  }
}

Task<std::vector<std::string>> Environment::claimed_addons(std::string project) {
  auto listing = with_.kube.list("v1", "Secret", project, addon::Claims::label);
  const auto secrets = co_await std::move(listing);
  std::vector<std::string> names;
  for (const auto& secret : secrets) {
    const auto name = secret.at("metadata").at("labels").value(addon::Claims::label, "");
    if (with_.addons.catalogue().all().contains(name)) names.push_back(name);
  }
  co_return names;
}

/// Its Secret goes last: it tells after a crash that there is something to take away.
Task<> Environment::take_back(std::string project, std::string addon, Context& context) {
  auto waiting = with_.addons.wait_ready(addon, context);
  co_await std::move(waiting);
  auto removing = with_.addons.claims().remove(with_.addons.catalogue().at(addon), project);
  co_await std::move(removing);
}

Task<> Environment::remove_namespace(std::string name) {
  auto removing = with_.kube.remove("v1", "Namespace", "", name);
  co_await std::move(removing);
  for (;;) {
    auto getting = with_.kube.get("v1", "Namespace", "", name);
    const auto still = co_await std::move(getting);
    if (!still) co_return;
    auto sleeping = with_.clock.sleep_for(look_again);
    co_await std::move(sleeping);
  }
}

Task<> Environment::remove_content(std::string project, Context& context) {
  auto listing = claimed_addons(project);
  const auto names = co_await std::move(listing);
  const auto chosen = with_.addons.chosen();
  for (const auto& name : names)
    if (!chosen.contains(name))
      throw Error(
          ErrorCode::addon_failed, "cannot remove what " + project + " has in " + name + ": it is turned off",
          "gf addon enable " + name + ", then again; `gf addon disable " + name + " --purge` removes all of it");
  std::function<Task<>(Context&)> stop = [&](Context&) { return stop_apps(project, {}); };
  auto stopping = run_step(context, "stop the apps", stop);
  co_await std::move(stopping);
  for (const auto& name : names) {
    std::function<Task<>(Context&)> take = [&](Context& step) { return take_back(project, name, step); };
    auto taking = run_step(context, "remove what it has in " + name, take);
    co_await std::move(taking);
  }
  std::function<Task<>(Context&)> last = [&](Context&) { return remove_namespace(project); };
  auto removing = run_step(context, "remove the namespace", last);
  co_await std::move(removing);
}

Task<Json> Environment::run_purge(std::string project, Context& context) {
  auto leaving = leave(project);
  co_await std::move(leaving);
  auto reaching = reach_cluster();
  const bool reached = co_await std::move(reaching);
  if (reached) {
    auto removing = remove_content(project, context);
    co_await std::move(removing);
  }
  const auto is_of_it = [&](const auto& one) { return one.first.starts_with(project + '/'); };
  std::erase_if(seeds_, is_of_it);
  std::erase_if(branches_, is_of_it);
  with_.addons.want(asker(project), {});
  with_.registry.remove(project);
  with_.purged(project);
  if (!reached) co_return Json::object();
  auto settling = run_addons(context, {});  // what nobody wants any more ends
  co_return co_await std::move(settling);
}

Task<Json> Environment::run_reset(std::string project, std::string addon, Context& context) {
  const auto* registered = with_.registry.find(project);
  if (!registered) co_return Json::object();
  auto loading = load(registered->root);
  const auto spec = co_await std::move(loading);
  auto attaching = with_.deploy.attach(spec);
  co_await std::move(attaching);
  auto reaching = reach_cluster();
  const bool reached = co_await std::move(reaching);
  if (!reached) throw no_cluster("cannot reset " + addon);

  std::vector<AppSpec> users;
  std::vector<std::string> names;
  for (const auto& app : spec.apps) {
    if (std::ranges::find(app.uses, addon) == app.uses.end()) continue;
    users.push_back(app);
    names.push_back(app.name);
    if (app.strategy != Strategy::rolling) names.push_back(deploy::next_of(app).name);
  }
  if (!names.empty()) {
    std::function<Task<>(Context&)> stop = [&](Context&) { return stop_apps(project, names); };
    auto stopping = run_step(context, "stop the apps that use it", stop);
    co_await std::move(stopping);
  }
  std::function<Task<>(Context&)> take = [&](Context& step) { return take_back(project, addon, step); };
  auto taking = run_step(context, "remove what " + project + " has in " + addon, take);
  co_await std::move(taking);
  auto claiming = claim(project, addon, context);
  co_await std::move(claiming);
  for (const auto& app : users) {
    auto starting = start_app(spec, app, context);
    co_await std::move(starting);
  }
  with_.deploy.recheck(project);
  co_return Json::object();
}

}  // namespace gf::environment
