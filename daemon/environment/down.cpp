#include "core/with_timeout.hpp"
#include "environment/environment.hpp"
#include "manifest/asleep.hpp"
#include "protocol/error.hpp"

// `gf down`: one project's apps while another one is up, else the nodes with all that is in them.
namespace gf::environment {

using operation::Context;
using operation::run_step;

namespace {

constexpr auto save_limit = std::chrono::seconds(5);
constexpr const char* scaled_kinds[] = {"Deployment", "StatefulSet"};
/// Those that cannot be scaled: `gf up` makes them anew. The pods too: those of a Job do not go with it.
constexpr std::pair<const char*, const char*> other_kinds[] = {
    {"apps/v1", "DaemonSet"}, {"batch/v1", "CronJob"}, {"batch/v1", "Job"}, {"v1", "Pod"}};

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const auto& name : names) all += (all.empty() ? "" : ", ") + name;
  return all;
}

}  // namespace

Error no_project(const std::string& name) {
  return Error(ErrorCode::not_found, "cannot find a project called '" + name + "'", "gf status");
}

Task<Operation> Environment::down(std::string project, std::string root) {
  const auto* known = project.empty() ? with_.registry.at_root(root) : with_.registry.find(project);
  if (!known && !project.empty()) throw no_project(project);
  if (known) project = known->name;
  const auto others = with_.registry.up_beside(project);
  if (others.empty()) {
    auto stopping = down_all(false);
    co_return co_await std::move(stopping);
  }
  if (project.empty())
    throw Error(ErrorCode::not_found, "cannot find a project of " + root + " to stop; up: " + joined(others),
                "gf down --project NAME; gf down --all stops the nodes");
  auto ending = end_rollouts();
  co_await std::move(ending);
  auto halting = halt_deliveries(project);
  co_await std::move(halting);
  Json parameters;
  parameters["project"] = project;
  co_return with_.operations.start("down", parameters);
}

Task<Operation> Environment::down_all(bool remove) {
  auto ending = end_rollouts();
  co_await std::move(ending);
  auto halting = halt_deliveries({});
  co_await std::move(halting);
  Json parameters;
  parameters["remove"] = remove;
  with_.operations.refuse_conflict("down", parameters);
  set_wanted(false);
  co_return with_.operations.start("down", parameters);
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
  for (const auto& one : all) {
    auto detaching = with_.deploy.detach(one.name);
    co_await std::move(detaching);
    with_.registry.take_down(one.name);
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

/// One project; addons are the cluster's and go on.
Task<Json> Environment::run_rest(std::string project, Context& context) {
  auto leaving = leave(project);
  co_await std::move(leaving);
  with_.registry.take_down(project);
  auto reaching = reach_cluster();
  const bool reached = co_await std::move(reaching);
  if (reached) {
    std::function<Task<>(Context&)> body = [&](Context&) { return rest_apps(project); };
    auto stepping = run_step(context, "stop the apps of " + project, body);
    co_await std::move(stepping);
  }
  with_.sleeper.look_again();
  co_return Json::object();
}

/// Nothing of it is followed or forwarded any more.
Task<> Environment::leave(std::string project) {
  auto detaching = with_.deploy.detach(project);
  co_await std::move(detaching);
  const auto forwards = with_.forwards.list();
  for (const auto& forward : forwards) {
    if (!forward.name.starts_with(forward_name(project, ""))) continue;
    auto closing = with_.forwards.close(forward.name);
    co_await std::move(closing);
  }
}

/// Scales the workloads of the project to zero, as those that sleep, and waits until the pods are gone: versions, and
/// what was rolled back, stay noted in them.
Task<> Environment::rest_apps(std::string project) {
  std::vector<std::tuple<std::string, std::string, Json>> changes;  ///< kind, name, patch
  for (const char* kind : scaled_kinds)
    for (const auto* one : with_.mirror.all(kind, project))
      if (manifest::replicas_of(*one) > 0)
        changes.emplace_back(kind, one->at("metadata").value("name", ""),
                             manifest::sleep_patch(*one, with_.clock.wall_seconds()));
  for (auto& [kind, name, change] : changes) {
    auto patching = with_.kube.patch("apps/v1", kind, project, name, "", std::move(change));
    co_await std::move(patching);
  }
  for (const auto& [version, kind] : other_kinds) {
    auto removing = with_.kube.remove_all(version, kind, project, "");
    co_await std::move(removing);
  }
  while (!with_.mirror.all("Pod", project).empty()) {
    auto waiting = with_.mirror.changed().wait();
    co_await std::move(waiting);
  }
}

/// What sleeps of the project and is no app of its own: versions beside the stable one, what own manifests bring.
Task<> Environment::raise_rest(std::string project) {
  std::vector<std::tuple<std::string, std::string, Json>> changes;  ///< kind, name, patch
  for (const char* kind : scaled_kinds)
    for (const auto* one : with_.mirror.all(kind, project))
      if (const auto rest = manifest::asleep(*one))
        changes.emplace_back(kind, one->at("metadata").value("name", ""), manifest::wake_patch(*rest));
  for (auto& [kind, name, change] : changes) {
    auto patching = with_.kube.patch("apps/v1", kind, project, name, "", std::move(change));
    co_await std::move(patching);
  }
}

}  // namespace gf::environment
