#include <algorithm>

#include "environment/environment.hpp"
#include "protocol/error.hpp"

// `data: per-branch`: what a project has in addons that can do it follows the branch of its checkout.
namespace gf::environment {

using operation::Context;
using operation::run_step;

namespace {

bool follows_branches(const addon::AddonSpec& spec) { return spec.claim && spec.claim->branches; }

bool uses_such(const addon::Catalogue& catalogue, const AppSpec& app) {
  return std::ranges::any_of(app.uses, [&](const auto& addon) { return follows_branches(catalogue.at(addon)); });
}

/// What the project keeps in addons that have the same data for all branches.
std::vector<std::string> staying(const addon::Catalogue& catalogue, const ProjectSpec& spec) {
  std::vector<std::string> names;
  for (const auto& [name, profile] : spec.addons) {
    const auto& addon = catalogue.at(name);
    if (addon.claim && addon.claim->create && !addon.claim->branches) names.push_back(name);
  }
  return names;
}

}  // namespace

/// What it is to use as its checkout stands; what it has used as long as that is not known.
project::BranchData Environment::next_data(const std::string& project) const {
  const auto* registered = with_.registry.find(project);
  if (!registered) return {};
  const auto* spec = with_.deploy.spec(project);
  const auto* seen = with_.deploy.snapshot(project);
  if (!spec || !seen) return registered->data;
  return project::next_data(spec->data, seen->head.branch, registered->data);
}

std::string Environment::wanted_data(const std::string& project, const AppSpec& app) const {
  return uses_such(with_.addons.catalogue(), app) ? next_data(project).branch : "";
}

std::string Environment::used_data(const std::string& project, const AppSpec& app) const {
  const auto* registered = with_.registry.find(project);
  return registered && uses_such(with_.addons.catalogue(), app) ? registered->data.branch : "";
}

/// Kept before the claims hear of it. Returns the branch whose data are used from now on.
std::string Environment::settle_data(const std::string& project) {
  auto next = next_data(project);
  auto branch = next.branch;
  const auto* registered = with_.registry.find(project);
  if (registered && registered->data != next) with_.registry.use_data(project, std::move(next));
  return branch;
}

Task<> Environment::follow_branch(std::string project, std::string addon, std::string branch) {
  const auto& spec = with_.addons.catalogue().at(addon);
  if (!follows_branches(spec)) co_return;
  auto following = with_.addons.claims().follow(spec, project, std::move(branch));
  co_await std::move(following);
  auto noting = note_branches(project, addon);
  co_await std::move(noting);
}

Task<addon::BranchRecord> Environment::note_branches(std::string project, std::string addon) {
  auto asking = with_.addons.claims().branches(with_.addons.catalogue().at(addon), project);
  auto record = co_await std::move(asking);
  auto& names = branches_[project + '/' + addon];
  names.clear();
  for (const auto& [branch, number] : record.numbers) names.push_back(branch);
  co_return record;
}

void Environment::follow_checkout(const std::string& project) {
  const auto* spec = with_.deploy.spec(project);
  if (!spec || !spec->data.per_branch || !with_.kube.available()) return;  // else `gf up` does it
  Json parameters;
  parameters["project"] = project;
  try {
    with_.operations.start(branch_kind, parameters);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::conflict)
      following_.spawn("follow the branch of " + project, follow_later(project));
    else
      with_.warn(project, error.message());
  }
}

/// When whatever holds the project has ended.
Task<> Environment::follow_later(std::string project) {
  auto waiting = wait_for_others();
  co_await std::move(waiting);
  follow_checkout(project);
}

/// After a restart of the daemon: the branch may be another one than before it.
Task<> Environment::look_at_data(std::string project) {
  const auto* spec = with_.deploy.spec(project);
  const auto* registered = with_.registry.find(project);
  if (!spec || !spec->data.per_branch || !registered) co_return;
  if (next_data(project) != registered->data) {
    follow_checkout(project);
    co_return;
  }
  const auto addons = spec->addons;
  for (const auto& [addon, profile] : addons) {
    if (!follows_branches(with_.addons.catalogue().at(addon))) continue;
    auto noting = note_branches(project, addon);
    co_await std::move(noting);
  }
}

/// The apps follow by themselves: they are looked at again.
Task<Json> Environment::run_branch(std::string project, Context& context) {
  auto reaching = reach_project(project);
  co_await std::move(reaching);
  const auto* known = with_.deploy.spec(project);
  const auto* registered = with_.registry.find(project);
  if (!known || !registered) co_return Json::object();
  const auto spec = *known;
  const auto left = registered->data.branch;
  const auto branch = settle_data(project);
  const auto base = with_.registry.find(project)->data.base;
  const auto title = "data of " + (branch.empty() ? base : branch) + " in ";
  for (const auto& [addon, profile] : spec.addons) {
    if (!follows_branches(with_.addons.catalogue().at(addon))) continue;
    auto dropping = drop_vanished(spec, addon, left, context);  // first: it may make room
    co_await std::move(dropping);
    std::function<Task<>(Context&)> body = [&](Context& step) { return claim_only(spec, addon, step); };
    auto stepping = run_step(context, title + addon, body);
    co_await std::move(stepping);
  }
  for (const auto& addon : staying(with_.addons.catalogue(), spec))
    context.log("the data in " + addon + " do not follow branches: all have the same");
  with_.deploy.recheck(project);
  Json result;
  result["base"] = base;
  result["branch"] = branch.empty() ? base : branch;
  co_return result;
}

/// The data of branches that are not in the repository any more.
Task<> Environment::drop_vanished(ProjectSpec spec, std::string addon, std::string left, Context& context) {
  auto listing = offload(with_.workers, source::local_branches, spec.root);
  const auto branches = co_await std::move(listing);
  auto asking = note_branches(spec.name, addon);
  const auto record = co_await std::move(asking);
  const auto gone = addon::vanished(record, branches, left);
  if (gone.empty()) co_return;
  auto waiting = with_.addons.wait_ready(addon, context);
  co_await std::move(waiting);
  for (const auto& branch : gone) {
    std::function<Task<>(Context&)> body = [&](Context&) {
      return with_.addons.claims().remove_branch(with_.addons.catalogue().at(addon), spec.name, branch);
    };
    auto stepping = run_step(context, "remove the data of " + branch + ", which is gone, in " + addon, body);
    co_await std::move(stepping);
  }
}

std::optional<DataStatus> Environment::data(const std::string& project) const {
  const auto* spec = with_.deploy.spec(project);
  const auto* registered = with_.registry.find(project);
  if (!spec || !spec->data.per_branch || !registered) return std::nullopt;
  DataStatus status{registered->data.base, registered->data.branch, staying(with_.addons.catalogue(), *spec), {}};
  if (status.branch.empty()) status.branch = status.base;
  for (const auto& [key, names] : branches_)
    if (key.starts_with(project + '/')) status.kept[key.substr(project.size() + 1)] = names;
  return status;
}

}  // namespace gf::environment
