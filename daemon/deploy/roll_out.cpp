#include <algorithm>

#include "deploy/deploy_service.hpp"
#include "deploy/mounted.hpp"
#include "deploy/supervised.hpp"
#include "manifest/transform.hpp"
#include "protocol/error.hpp"

// A version of an app on its way into the cluster.
namespace gf::deploy {

namespace {

using operation::run_step;
constexpr auto in_hand_time = std::chrono::minutes(10);  // from a build to the first pod that runs it, at most

/// The apps of a project with the new versions of those that may have one: what routes may lead to.
std::vector<AppSpec> with_next(const std::vector<AppSpec>& apps) {
  auto all = apps;
  for (const auto& app : apps)
    if (app.strategy != Strategy::rolling) all.push_back(next_of(app));
  return all;
}

}  // namespace

Task<std::string> DeployService::build(std::string name, std::string app_name, operation::Context& context) {
  const auto app = app_of(at(name), app_name);
  auto providing = rolling_.provide(name, app, false, context);
  co_return (co_await std::move(providing)).reference;
}

Task<BuiltImage> DeployService::provide(std::string name, std::string app_name, operation::Context& context) {
  const auto app = app_of(at(name), app_name);
  auto providing = rolling_.provide(name, app, true, context);
  auto image = co_await std::move(providing);
  auto loading = load(image.reference, context);
  co_await std::move(loading);
  co_return image;
}

Task<BuiltImage> DeployService::named(std::string name, AppSpec app, std::shared_ptr<const source::Tree> tree,
                                      operation::Context& context) {
  const auto root = at(name).spec.root;
  auto naming = with_.builder.name(name, root, std::move(app), std::move(tree), context);
  co_return co_await std::move(naming);
}

Task<> DeployService::build(std::string name, AppSpec app, std::shared_ptr<const source::Tree> tree, BuiltImage image,
                            bool nodes_suffice, operation::Context& context) {
  take_in_hand(image.reference);
  const auto root = at(name).spec.root;
  std::function<Task<>(operation::Context&)> body = [&](operation::Context& step) -> Task<> {
    if (nodes_suffice) {
      auto looking = with_.images.all_hold(image.reference, with_.nodes());
      const bool held = co_await std::move(looking);
      if (held) co_return;
    }
    auto building = with_.builder.build(name, root, app, tree, image, step);
    co_await std::move(building);
  };
  auto stepping = run_step(context, "build " + app.name, body);
  co_await std::move(stepping);
}

void DeployService::take_in_hand(const std::string& reference) {
  const auto now = with_.clock.now();
  std::erase_if(provided_, [&](const auto& one) { return now - one.second >= in_hand_time; });
  provided_[reference] = now;
}

std::set<std::string> DeployService::in_hand() const {
  std::set<std::string> references;
  for (const auto& [reference, when] : provided_)
    if (with_.clock.now() - when < in_hand_time) references.insert(reference);
  return references;
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
  if (mounts_checkout(app)) mount_checkout(wanted, app, checkout_in_node(project.spec.root));
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
  auto rolling = rolling_.roll_out(std::move(name), app, std::move(claims), context);
  co_await std::move(rolling);
}

/// The history has those that serve an app under its own name.
Task<> DeployService::start(std::string name, AppSpec version, Running wanted, Claims claims,
                            operation::Context& context) {
  const bool is_stable =
      std::ranges::find(at(name).spec.apps, version.name, &AppSpec::name) != at(name).spec.apps.end();
  if (is_stable) with_.history.start(name, version.name, wanted.image);
  auto starting = start_version(name, version, wanted, std::move(claims), context);
  co_await std::move(starting);
  if (!is_stable) co_return;
  with_.history.serve(name, version.name, wanted);
  with_.came_in();
}

Task<> DeployService::start_version(std::string name, AppSpec version, Running wanted, Claims claims,
                                    operation::Context& context) {
  take_in_hand(wanted.image.reference);
  auto loading = load(wanted.image.reference, context);
  co_await std::move(loading);
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
      auto waiting = with_.rollout.wait(workload, ready_limit(version), step);
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
