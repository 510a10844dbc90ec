#include "environment/sleepers.hpp"

#include <algorithm>

#include "environment/environment.hpp"
#include "kube/readiness.hpp"
#include "manifest/asleep.hpp"
#include "operation/silent.hpp"

namespace gf::environment {

namespace {

constexpr auto ready_limit = std::chrono::minutes(5);

bool is_app(const std::string& member) { return member.find('/') != std::string::npos; }

std::pair<std::string, std::string> parts(const std::string& member) {
  const auto slash = member.find('/');
  return {member.substr(0, slash), member.substr(slash + 1)};
}

std::string text(const Json& object, const char* key) { return object.at("metadata").value(key, ""); }

}  // namespace

bool concerns(const Operation& operation, const std::string& member) {
  const auto& kind = operation.kind;
  const bool of_one_app = kind == "rollout" || kind == "rollback" || kind == delivery::kind_name;
  if (kind == wake_kind) return operation.subject == member;
  if (!is_app(member)) return !of_one_app;  // a snapshot and a restore name no addon in their subject
  const auto [project, app] = parts(member);
  if (of_one_app) return operation.subject == app || operation.subject == member;
  if (kind == "up" || kind == "purge") return operation.subject == project;
  return kind != "backup";
}

std::chrono::seconds sleep_after(const std::string& addon, const std::set<std::string>& wanted_by,
                                 const std::vector<const ProjectSpec*>& projects) {
  std::chrono::seconds longest{0};
  for (const auto& who : wanted_by) {
    const auto known = std::ranges::find_if(
        projects, [&](const ProjectSpec* project) { return who == Environment::asker(project->name); });
    if (known == projects.end()) return {};
    const auto told = (*known)->addon_sleep.find(addon);
    if (told == (*known)->addon_sleep.end()) return {};
    longest = std::max(longest, told->second);
  }
  return longest;
}

std::vector<const Json*> Sleepers::workloads(const std::string& name) const {
  std::vector<const Json*> found;
  if (is_app(name)) {
    const auto [project, app] = parts(name);
    for (const char* kind : {"Deployment", "StatefulSet"})
      for (const auto* object : with_.mirror.all(kind, project, deploy::app_label, app)) found.push_back(object);
    return found;
  }
  const auto known = with_.addons.catalogue().all().find(name);
  if (known == with_.addons.catalogue().all().end()) return found;
  for (const auto& workload : known->second.ready) {
    if (workload.kind != "Deployment" && workload.kind != "StatefulSet") continue;
    if (const auto* object = with_.mirror.find(workload.kind, known->second.space, workload.name))
      found.push_back(object);
  }
  return found;
}

bool Sleepers::asleep(const std::string& name) const {
  return std::ranges::any_of(workloads(name), [](const auto* one) { return manifest::asleep(*one).has_value(); });
}

/// What the cluster and the operations tell of it.
void Sleepers::stand(sleep::Member& member, const std::vector<Operation>& operations) const {
  member.asleep = asleep(member.name);
  member.settled =
      std::ranges::all_of(workloads(member.name), [](const auto* one) { return kube::assess(*one).ready; });
  for (const auto& one : operations) {
    if (!concerns(one, member.name)) continue;
    if (ended(one.state))
      member.last_work = std::max(member.last_work, one.finished.value_or(0));
    else
      member.worked_upon = true;
  }
}

std::vector<sleep::Member> Sleepers::members() const {
  std::vector<sleep::Member> all;
  if (!with_.kube.available() || !with_.mirror.synced()) return all;
  const auto operations = with_.operations.list();
  std::vector<const ProjectSpec*> projects;
  for (const auto& one : with_.registry.all())
    if (const auto* spec = with_.deploy.spec(one.name); spec && one.up) projects.push_back(spec);
  const auto add = [&](sleep::Member member) {
    if (workloads(member.name).empty()) return;
    stand(member, operations);
    all.push_back(std::move(member));
  };
  for (const auto* project : projects)
    for (const auto& app : project->apps) {
      sleep::Member member{Environment::forward_name(project->name, app.name), app.sleep_after};
      member.never = why_never_asleep(*project, app);
      member.needs = {app.uses.begin(), app.uses.end()};
      add(std::move(member));
    }
  for (const auto& [name, entry] : with_.addons.chosen()) {
    const auto& spec = with_.addons.catalogue().at(name);
    sleep::Member member{name, sleep_after(name, entry.wanted_by, projects)};
    member.never = spec.why_never_asleep();
    member.needs = {spec.requires_.begin(), spec.requires_.end()};
    add(std::move(member));
  }
  return all;
}

/// Resumes when what was changed is what the mirror shows.
Task<> Sleepers::change(Place place, Json patch) {
  auto patching = with_.kube.patch("apps/v1", place.kind, place.space, place.name, "", std::move(patch));
  const auto stored = co_await std::move(patching);
  const auto generation = stored.at("metadata").value("generation", std::int64_t{0});
  for (;;) {
    const auto* seen = with_.mirror.find(place.kind, place.space, place.name);
    if (!seen || seen->at("metadata").value("generation", std::int64_t{0}) >= generation) co_return;
    auto waiting = with_.mirror.changed().wait();
    co_await std::move(waiting);
  }
}

Task<> Sleepers::lay(std::string name) {
  std::vector<std::pair<Place, Json>> changes;
  for (const auto* one : workloads(name))
    if (manifest::replicas_of(*one) > 0)
      changes.emplace_back(Place{one->value("kind", ""), text(*one, "namespace"), text(*one, "name")},
                           manifest::sleep_patch(*one, with_.clock.wall_seconds()));
  for (auto& [place, patch] : changes) {
    auto changing = change(place, std::move(patch));
    co_await std::move(changing);
  }
}

Task<> Sleepers::raise(std::string name) {
  std::vector<std::pair<Place, Json>> changes;
  for (const auto* one : workloads(name))
    if (const auto rest = manifest::asleep(*one))
      changes.emplace_back(Place{one->value("kind", ""), text(*one, "namespace"), text(*one, "name")},
                           manifest::wake_patch(*rest));
  for (auto& [place, patch] : changes) {
    auto changing = change(place, std::move(patch));
    co_await std::move(changing);
  }
}

Task<> Sleepers::wait_ready(std::string name) {
  std::vector<manifest::Applied> waited;
  for (const auto* one : workloads(name))
    waited.push_back({one->value("kind", ""), text(*one, "namespace"), text(*one, "name"), 0});
  operation::Silent nobody;
  for (auto& one : waited) {
    auto waiting = with_.rollout.wait(std::move(one), ready_limit, nobody);
    co_await std::move(waiting);
  }
}

std::string Sleepers::behind(const std::string& forward) const {
  if (is_app(forward)) return forward;
  for (const auto& [name, spec] : with_.addons.catalogue().all())
    if (std::ranges::any_of(spec.endpoints, [&](const auto& one) { return one.name == forward; })) return name;
  return {};
}

}  // namespace gf::environment
