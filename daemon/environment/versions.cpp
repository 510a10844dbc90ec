#include <algorithm>

#include "core/when_all.hpp"
#include "environment/environment.hpp"
#include "protocol/error.hpp"

// One app at a time: rolled out, rolled back, and what a delivery of it needs.
namespace gf::environment {

using operation::Context;

namespace {

Json parameters_of(const std::string& project, const std::string& app) {
  Json parameters;
  parameters["project"] = project;
  parameters["app"] = app;
  return parameters;
}

}  // namespace

Task<Operation> Environment::deploy(std::string project, std::string app) {
  with_.deploy.app(project, app);
  auto ending = end_rollouts();
  co_await std::move(ending);
  const auto parameters = parameters_of(project, app);
  with_.operations.refuse_conflict("rollout", parameters);
  std::vector<std::string> roused(1, forward_name(project, app));
  auto rousing = with_.sleeper.rouse(std::move(roused));
  co_await std::move(rousing);
  with_.deploy.end_roll_back(project, app);
  co_return with_.operations.start("rollout", parameters);
}

Task<Operation> Environment::roll_back(std::string project, std::string app, std::string to) {
  with_.deploy.app(project, app);
  auto parameters = parameters_of(project, app);
  if (!to.empty()) {
    auto finding = with_.deploy.find_version(project, app, to);
    parameters["to"] = co_await std::move(finding);
  }
  auto ending = end_rollouts();
  co_await std::move(ending);
  std::vector<std::string> roused(1, forward_name(project, app));
  auto rousing = with_.sleeper.rouse(std::move(roused));
  co_await std::move(rousing);
  co_return with_.operations.start("rollback", parameters);
}

Operation Environment::wake(const std::string& name) {
  if (!with_.kube.available()) throw no_cluster("cannot wake " + name);
  Json parameters;
  parameters["name"] = name;
  return with_.operations.start(wake_kind, parameters);
}

Task<Json> Environment::run_wake(std::string name, Context& context) {
  std::function<Task<>(Context&)> body = [&](Context&) { return with_.sleeper.wake(name); };
  auto stepping = operation::run_step(context, "wake " + name, body);
  co_await std::move(stepping);
  Json result;
  result["awake"] = name;
  co_return result;
}

/// All that a project has: it is about to be brought up, and what is ready or not shows there.
Task<> Environment::rouse_all(ProjectSpec spec) {
  std::vector<std::string> names;
  for (const auto& app : spec.apps) names.push_back(forward_name(spec.name, app.name));
  for (const auto& [addon, unused] : spec.addons) names.push_back(addon);
  auto rousing = with_.sleeper.rouse(std::move(names));
  co_await std::move(rousing);
}

void Environment::request_rollout(const std::string& project, const std::string& app) {
  try {
    with_.operations.start("rollout", parameters_of(project, app));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::conflict) throw;
    following_.spawn("look at " + project + " again", recheck_later(project));
  }
}

/// Looks again when whatever holds the project has ended.
Task<> Environment::recheck_later(std::string project) {
  const auto all = with_.operations.list();
  for (const auto& one : all) {
    // A delivery holds nothing, and may take long.
    if (ended(one.state) || one.kind == delivery::kind_name) continue;
    auto waiting = with_.operations.wait(one.id);
    co_await std::move(waiting);
  }
  with_.deploy.recheck(project);
}

/// After a restart of the daemon: what runs is known a moment later only.
Task<> Environment::recheck_synced(std::string project) {
  auto waiting = with_.mirror.wait_synced();
  co_await std::move(waiting);
  with_.deploy.recheck(project);
}

Task<> Environment::end_operations(std::function<bool(const Operation&)> which) {
  const auto all = with_.operations.list();
  for (const auto& one : all) {
    if (ended(one.state) || !which(one)) continue;
    with_.operations.cancel(one.id);
    auto waiting = with_.operations.wait(one.id);
    co_await std::move(waiting);
  }
}

/// Rollouts that began by themselves give way to what the user asks for, which covers them.
Task<> Environment::end_rollouts() {
  auto ending = end_operations([](const Operation& one) { return one.kind == "rollout"; });
  co_await std::move(ending);
}

/// What is to be stopped or removed is worked upon by nobody. `project`: empty for all.
Task<> Environment::halt_deliveries(std::string project) {
  const std::function<bool(const Operation&)> which = [project](const Operation& one) {
    return one.kind == delivery::kind_name && (project.empty() || one.subject.starts_with(project + '/'));
  };
  auto ending = end_operations(which);
  co_await std::move(ending);
}

Task<> Environment::reach_project(std::string project) {
  const auto* registered = with_.registry.find(project);
  if (!registered) throw Error(ErrorCode::not_found, "cannot find a running project called '" + project + "'", "gf up");
  const auto root = registered->root;
  if (!with_.deploy.spec(project)) {
    auto loading = offload(with_.workers, project::load, root, vocabulary());
    auto spec = co_await std::move(loading);
    auto attaching = with_.deploy.attach(std::move(spec));
    co_await std::move(attaching);
  }
  auto reaching = reach_cluster();
  const bool reached = co_await std::move(reaching);
  if (!reached) throw no_cluster("cannot go on");
}

Task<Environment::ClaimNames> Environment::claims(std::string project, AppSpec app, Context& context) {
  std::vector<Task<std::vector<std::string>>> claiming;
  for (const auto& addon : app.uses) claiming.push_back(claim(project, addon, context));
  auto all = when_all(std::move(claiming));
  auto variables = co_await std::move(all);
  ClaimNames names;
  for (std::size_t i = 0; i < variables.size(); ++i) names[app.uses[i]] = std::move(variables[i]);
  co_return names;
}

Task<> Environment::start_app(ProjectSpec spec, AppSpec app, Context& context) {
  if (mounts_checkout(app)) require_mount(spec);
  if (in_mesh(spec)) {  // pods get their sidecars as they are made, or never
    auto waiting = with_.addons.wait_ready("istio", context);
    co_await std::move(waiting);
  }
  auto claiming = claims(spec.name, app, context);
  auto names = co_await std::move(claiming);
  auto rolling = with_.deploy.roll_out(spec.name, app.name, std::move(names), context);
  co_await std::move(rolling);
}

Task<Json> Environment::run_rollout(std::string project, std::string app, Context& context) {
  const auto* spec = with_.deploy.spec(project);
  if (!spec) co_return Json::object();
  const auto copy = *spec;
  for (const auto& one : copy.apps) {
    if (one.name != app) continue;
    auto starting = start_app(copy, one, context);
    co_await std::move(starting);
  }
  with_.deploy.recheck(project);
  co_return Json::object();
}

Task<Json> Environment::run_rollback(std::string project, std::string name, std::string to, Context& context) {
  const auto app = with_.deploy.app(project, name);
  auto claiming = claims(project, app, context);
  auto names = co_await std::move(claiming);
  auto rolling = with_.deploy.roll_back(project, name, std::move(to), std::move(names), context);
  co_await std::move(rolling);
  with_.deploy.recheck(project);
  Json result;
  result["phase"] = "rolled-back";
  co_return result;
}

}  // namespace gf::environment
