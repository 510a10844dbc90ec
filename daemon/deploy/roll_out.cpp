#include <algorithm>

#include "deploy/deploy_service.hpp"
#include "deploy/supervised.hpp"
#include "manifest/transform.hpp"
#include "protocol/error.hpp"

// A version of an app on its way into the cluster.
namespace gf::deploy {

namespace {

using operation::run_step;
constexpr auto rollout_limit = std::chrono::minutes(3);  // of one replica: they come one after the other

int most_replicas(const AppSpec& app) { return std::max(1, app.autoscale ? app.autoscale->max : app.replicas); }

/// The apps of a project with the new versions of those that may have one: what routes may lead to.
std::vector<AppSpec> with_next(const std::vector<AppSpec>& apps) {
  auto all = apps;
  for (const auto& app : apps)
    if (app.strategy != Strategy::rolling) all.push_back(next_of(app));
  return all;
}

}  // namespace

Task<std::string> DeployService::build(std::string name, std::string app_name, operation::Context& context) {
  auto& project = at(name);
  const auto app = app_of(project, app_name);
  auto building = with_.builder.build(name, project.spec.root, app, project.snapshot.tree, context);
  co_return (co_await std::move(building)).reference;
}

Task<BuiltImage> DeployService::provide(std::string name, std::string app_name, operation::Context& context) {
  auto& project = at(name);
  const auto app = app_of(project, app_name);
  const auto tree = project.snapshot.tree;
  BuiltImage image;
  std::function<Task<>(operation::Context&)> build = [&](operation::Context& step) -> Task<> {
    auto building = with_.builder.build(name, project.spec.root, app, tree, step);
    image = co_await std::move(building);
  };
  auto building = run_step(context, "build " + app_name, build);
  co_await std::move(building);
  auto loading = load(image.reference, context);
  co_await std::move(loading);
  co_return image;
}

Task<> DeployService::load(std::string reference, operation::Context& context) {
  std::vector<std::string> references;
  references.push_back(std::move(reference));
  auto loading = with_.images.load(references, with_.nodes(), context);
  co_await std::move(loading);
}

Running DeployService::running(const std::string& name, const std::string& version) const {
  const auto* deployment = with_.mirror.find("Deployment", name, version);
  if (!deployment) return {};
  const auto& deployed = at(name).deployed;
  const auto told = deployed.find(version);  // by a former daemon: the cluster remembers
  return told == deployed.end() ? running_in(deployment) : told->second;
}

/// Only what runs gets requests; else routes would lead to nowhere.
AppSpec DeployService::divided(const Project& project, const AppSpec& app) const {
  const auto& name = project.spec.name;
  if (app.strategy == Strategy::rolling) return app;
  if (with_.mirror.synced() && !with_.mirror.find("Deployment", name, next_of(app).name)) return app;
  return with_.divide(name, app);
}

Task<std::vector<Json>> DeployService::objects(const Project& project, AppSpec app, std::string image, Claims claims) {
  std::vector<Json> wanted;
  if (app.manifests.empty()) {
    wanted = app_objects(project.spec.name, app, image, claims);
  } else {
    auto rendering = render(project, app, image);
    wanted = co_await std::move(rendering);
  }
  if (app.on_sync == OnSync::restart) {
    auto looking = with_.builder.image(image);
    const auto known = co_await std::move(looking);
    supervise(wanted, app.name, image, known);
  }
  if (!in_mesh(project.spec)) co_return wanted;
  join_mesh(wanted, project.spec.name, app);
  for (auto& object : mesh_objects(project.spec.name, divided(project, app), with_next(project.spec.apps)))
    wanted.push_back(std::move(object));
  co_return wanted;
}

Task<std::vector<Json>> DeployService::render(const Project& project, AppSpec app, std::string image) {
  const std::filesystem::path folder = std::filesystem::path(project.spec.root) / app.manifests;
  auto rendering = with_.kustomize.render(folder, folder);
  auto rendered = co_await std::move(rendering);
  std::map<std::string, std::string> images;
  images[app.name] = image;  // the project's manifests name its app's image by the app
  for (auto& object : rendered) {
    manifest::set_namespace(object, project.spec.name);
    manifest::set_images(object, images);
    manifest::add_labels(object, labels_of(project.spec.name, app.name));
  }
  co_return rendered;
}

Task<> DeployService::roll_out(std::string name, std::string app_name, Claims claims, operation::Context& context) {
  const auto app = app_of(at(name), app_name);
  auto wanted = running(name, app_name);
  const bool is_first = wanted.image.reference.empty();
  if (is_first || app.strategy == Strategy::rolling) {
    auto providing = provide(name, app_name, context);
    auto image = co_await std::move(providing);
    if (is_first || image.key != wanted.passed_over) wanted = {std::move(image), {}};
  }
  if (!wanted.passed_over.empty())
    context.log(app_name + " stays rolled back until the checkout changes; gf deploy " + app_name + " ends that");
  auto loading = load(wanted.image.reference, context);
  co_await std::move(loading);
  auto starting = start(name, app, std::move(wanted), std::move(claims), context);
  co_await std::move(starting);
}

Task<> DeployService::roll_back(std::string name, std::string app_name, Claims claims, operation::Context& context) {
  const auto app = app_of(at(name), app_name);
  const auto listing_label = std::string(app_label) + '=' + app_name;
  auto listing = with_.kube.list("apps/v1", "ReplicaSet", name, listing_label);
  const auto replica_sets = co_await std::move(listing);
  const auto* deployment = with_.mirror.find("Deployment", name, app_name);
  const auto former = deployment ? former_image(*deployment, replica_sets) : std::nullopt;
  if (!former)
    throw Error(ErrorCode::not_found, "cannot roll " + app_name + " back: the cluster knows no former version of it",
                "take the change back in the checkout, then gf deploy " + app_name);
  const auto now = running(name, app_name);
  Running wanted{*former, now.passed_over.empty() ? now.image.key : now.passed_over};
  auto loading = load(wanted.image.reference, context);
  co_await std::move(loading);
  auto starting = start(name, app, std::move(wanted), std::move(claims), context);
  co_await std::move(starting);
}

void DeployService::end_roll_back(const std::string& name, const std::string& app_name) {
  auto now = running(name, app_name);
  if (now.passed_over.empty()) return;
  now.passed_over.clear();
  at(name).deployed[app_name] = std::move(now);
}

Task<> DeployService::start(std::string name, AppSpec version, Running wanted, Claims claims,
                            operation::Context& context) {
  auto& project = at(name);
  project.deployed[version.name] = wanted;
  auto making = objects(project, version, wanted.image.reference, std::move(claims));
  auto made = co_await std::move(making);
  for (auto& object : made)
    if (object.value("kind", "") == "Deployment") note_running(object, wanted);
  const auto outdated = outdated_mesh_objects(version.name, made);
  std::function<Task<>(operation::Context&)> body = [&](operation::Context& step) -> Task<> {
    auto applying = with_.rollout.apply(std::move(made));
    const auto workloads = co_await std::move(applying);
    if (!version.autoscale) {
      auto unscaling = with_.kube.remove(scaler_api, scaler_kind, name, version.name);
      co_await std::move(unscaling);
    }
    auto removing = remove_mesh_objects(name, outdated);
    co_await std::move(removing);
    for (const auto& workload : workloads) {
      auto waiting = with_.rollout.wait(workload, rollout_limit * most_replicas(version), step);
      co_await std::move(waiting);
    }
  };
  auto starting = run_step(context, "start " + version.name, body);
  co_await std::move(starting);
}

Task<> DeployService::route(std::string name, std::string app_name) {
  const auto& project = at(name);
  const auto& app = app_of(project, app_name);
  std::vector<Json> routes;
  for (auto& object : mesh_objects(name, divided(project, app), with_next(project.spec.apps)))
    if (object.value("kind", "") == "VirtualService") routes.push_back(std::move(object));
  auto applying = with_.rollout.apply(std::move(routes));
  co_await std::move(applying);
}

Task<> DeployService::remove_next(std::string name, std::string app_name) {
  const auto next = next_of(app_of(at(name), app_name));
  auto removing = remove_app(name, "Deployment", next.name);
  co_await std::move(removing);
}

}  // namespace gf::deploy
