#include "deploy/deploy_service.hpp"

#include <algorithm>

#include "core/digest.hpp"
#include "deploy/data_mark.hpp"
#include "kube/readiness.hpp"
#include "manifest/asleep.hpp"
#include "manifest/transform.hpp"
#include "operation/silent.hpp"
#include "protocol/error.hpp"

namespace gf::deploy {

DeployService::DeployService(Collaborators with)
    : with_(std::move(with)),
      rolling_(with_.executor, *this, with_.history, with_.came_in),
      attached_(with_.executor),
      checking_(with_.executor),
      ending_(with_.executor) {
  with_.mirror.on_event([this](const kube::WatchEvent& event) {
    if (event.object.value("kind", "") != "Pod") return;
    const auto labels = event.object.at("metadata").value("labels", Json::object());
    const auto project = projects_.find(labels.value(project_label, ""));
    if (project == projects_.end()) return;
    const auto app = project->second->apps.find(labels.value(app_label, ""));
    if (app != project->second->apps.end()) app->second->refresh();
  });
}

DeployService::Project& DeployService::at(const std::string& project) {
  return const_cast<Project&>(std::as_const(*this).at(project));
}

const DeployService::Project& DeployService::at(const std::string& project) const {
  const auto found = projects_.find(project);
  if (found == projects_.end())
    throw Error(ErrorCode::not_found, "cannot find a running project called '" + project + "'", "gf up");
  return *found->second;
}

const AppSpec& DeployService::app_of(const Project& project, const std::string& app) const {
  const auto found = std::ranges::find(project.spec.apps, app, &AppSpec::name);
  if (found == project.spec.apps.end())
    throw Error(ErrorCode::not_found, "cannot find an app called '" + app + "' in " + project.spec.name);
  return *found;
}

const AppSpec& DeployService::app(const std::string& project, const std::string& app) const {
  return app_of(at(project), app);
}

const ProjectSpec* DeployService::spec(const std::string& project) const {
  const auto found = projects_.find(project);
  return found == projects_.end() ? nullptr : &found->second->spec;
}

const source::Snapshot* DeployService::snapshot(const std::string& project) const {
  const auto found = projects_.find(project);
  return found == projects_.end() ? nullptr : &found->second->snapshot;
}

Task<> DeployService::attach(ProjectSpec spec) {
  // Two at once (a resumed `up` beside the daemon's own start) come one after the other.
  while (attaching_.contains(spec.name)) {
    auto waiting = attached_.wait();
    co_await std::move(waiting);
  }
  attaching_.insert(spec.name);
  std::exception_ptr thrown;
  try {
    auto watching = watch(spec);
    co_await std::move(watching);
    auto taking = take_over(spec);
    co_await std::move(taking);
  } catch (...) {
    thrown = std::current_exception();
  }
  attaching_.erase(spec.name);
  attached_.notify_all();
  if (thrown) std::rethrow_exception(thrown);
}

/// Ensures that the checkout is watched and its first snapshot there.
Task<> DeployService::watch(ProjectSpec spec) {
  const auto known = projects_.find(spec.name);
  if (known != projects_.end() && known->second->spec.root == spec.root) co_return;
  auto leaving = detach(spec.name);
  co_await std::move(leaving);
  auto adding = with_.sources.add(
      spec.root, [this, name = spec.name](source::Snapshot snapshot) { changed(name, std::move(snapshot)); });
  auto first = co_await std::move(adding);
  auto project = std::make_unique<Project>();
  project->spec = spec;
  project->snapshot = std::move(first);
  projects_[spec.name] = std::move(project);
}

Task<> DeployService::take_over(ProjectSpec spec) {
  const auto name = spec.name;
  auto& project = *projects_.at(name);
  project.spec = spec;
  std::vector<std::unique_ptr<Replicas>> leaving;
  for (auto entry = project.apps.begin(); entry != project.apps.end();) {
    const bool wanted = std::ranges::find(spec.apps, entry->first, &AppSpec::name) != spec.apps.end();
    if (!wanted) leaving.push_back(std::move(entry->second));
    entry = wanted ? std::next(entry) : project.apps.erase(entry);
  }
  for (const auto& app : spec.apps) {
    auto& replicas = project.apps[app.name];
    if (!replicas) {
      Replicas::Collaborators with{
          with_.executor,
          with_.clock,
          with_.workers,
          with_.kube,
          with_.mirror,
          with_.links,
          [this](const std::string& image) { return with_.builder.paths_in(image); },
          [this, name](const std::string& sentence) { with_.warn(name, sentence); },
          [this, name, app_name = app.name](const LastSync& sync) { with_.synced(name, app_name, sync); },
          Ledger(with_.files, with_.ledgers / name / app.name)};
      replicas = std::make_unique<Replicas>(std::move(with), name, spec.root, app);
    }
    replicas->set_app(app);
    replicas->set_snapshot(project.snapshot, with_.wanted_data(name, app));
    replicas->refresh();
  }
  with_.moved();
  auto ending = wait_for(end(std::move(leaving)));
  co_await std::move(ending);
}

/// Begins to stop them at once: whoever waits for it may be cancelled, and they must not die before they have ended.
std::shared_ptr<bool> DeployService::end(std::vector<std::unique_ptr<Replicas>> leaving) {
  auto ended = std::make_shared<bool>(false);
  ending_.spawn("end what is not followed any more", stop_all(std::move(leaving), ended));
  return ended;
}

Task<> DeployService::wait_for(std::shared_ptr<bool> ended) {
  while (!*ended) {
    auto waiting = attached_.wait();
    co_await std::move(waiting);
  }
}

Task<> DeployService::stop_all(std::vector<std::unique_ptr<Replicas>> leaving, std::shared_ptr<bool> ended) {
  co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
  for (const auto& one : leaving) {
    auto stopping = one->stop();
    co_await std::move(stopping);
  }
  *ended = true;
  attached_.notify_all();
}

Task<> DeployService::detach(std::string project) {
  const auto found = projects_.find(project);
  if (found == projects_.end()) co_return;
  with_.sources.remove(found->second->spec.root);
  std::vector<std::unique_ptr<Replicas>> leaving;
  for (auto& [name, replicas] : found->second->apps) leaving.push_back(std::move(replicas));
  projects_.erase(found);
  auto ending = wait_for(end(std::move(leaving)));
  co_await std::move(ending);
}

void DeployService::changed(const std::string& name, source::Snapshot snapshot) {
  const auto found = projects_.find(name);
  if (found == projects_.end()) return;
  auto& project = *found->second;
  const auto before = project.snapshot;
  project.snapshot = snapshot;
  for (const auto& [app, replicas] : project.apps)
    replicas->set_snapshot(snapshot, with_.wanted_data(name, replicas->app()));
  with_.moved();
  const bool switched = before.head.branch != snapshot.head.branch;
  if (switched) with_.branch_changed(name);
  if (switched || before.tree->digest() != snapshot.tree->digest()) recheck(name);
}

void DeployService::recheck(const std::string& name) {
  checking_.spawn("check the images of " + name, check_images(name));
}

Task<> DeployService::check_images(std::string name) {
  const auto found = projects_.find(name);
  if (found == projects_.end()) co_return;
  const auto spec = found->second->spec;
  const auto tree = found->second->snapshot.tree;
  for (const auto& app : spec.apps) {
    const auto* deployment = with_.mirror.find("Deployment", name, app.name);
    const bool other_data =
        deployment && data_of(deployment->at("spec").at("template")) != with_.wanted_data(name, app);
    if (app.strategy != Strategy::rolling) {  // a new version waits for somebody's word
      if (other_data) with_.needs_rollout(name, app.name);
      continue;
    }
    operation::Silent nobody;  // looking which image a change asks for is nobody's step
    auto naming = with_.builder.name(spec.declared, spec.root, app, tree, nobody);
    const auto image = co_await std::move(naming);
    const auto again = projects_.find(name);
    if (again == projects_.end()) co_return;
    if (again->second->snapshot.tree->digest() != tree->digest()) co_return;  // a newer look has begun
    const auto& seen = again->second->snapshot;
    const auto* version = with_.history.find(name, app.name, image.key);
    if (version && !version->branches.contains(seen.head.branch)) {
      const auto built = version->image;  // with another registry it would be called otherwise, and is not there yet
      with_.history.note(name, app.name, built, seen);
    }
    if (rolling_.asked(name, app.name, image.key)) continue;
    const auto known = running(name, app.name);
    if (known.image.key.empty()) continue;
    const bool is_wanted = known.image.key == image.key || known.passed_over == image.key;
    if (!is_wanted || other_data || rolling_.is_unfinished(name, app.name)) with_.needs_rollout(name, app.name);
  }
}

Task<> DeployService::stop() {
  auto stopping = checking_.stop();
  co_await std::move(stopping);
  while (!projects_.empty()) {
    auto detaching = detach(projects_.begin()->first);
    co_await std::move(detaching);
  }
  auto ending = ending_.join();
  co_await std::move(ending);
}

}  // namespace gf::deploy
