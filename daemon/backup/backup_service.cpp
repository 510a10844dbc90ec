#include "backup/backup_service.hpp"

#include <algorithm>

#include "backup/cluster_backups.hpp"
#include "protocol/error.hpp"

namespace gf::backup {

namespace {

using operation::Context;

constexpr const char* latest = "latest";
/// A timer's clock stands still while a laptop sleeps, the wall clock does not: so often the latter is looked at.
constexpr auto look_interval = std::chrono::seconds(30);

std::vector<Backup> list_of(FileSystem* files, std::filesystem::path folder, std::string project) {
  return list(*files, folder, project);
}

std::string project_of(const Json& parameters) { return parameters.value("project", ""); }

/// The name becomes a folder's.
void check_project(const std::string& name) {
  const bool good = !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (!good) throw Error(ErrorCode::not_found, "cannot find a project called '" + name + "'", "gf up");
}

Json backup_parameters(const std::string& project, std::vector<std::string> addons, bool scheduled) {
  Json parameters;
  parameters["project"] = project;
  parameters["addons"] = std::move(addons);
  parameters["scheduled"] = scheduled;
  return parameters;
}

}  // namespace

BackupService::BackupService(Collaborators with, std::filesystem::path folder, state::Document schedule)
    : with_(std::move(with)),
      folder_(std::move(folder)),
      document_(std::move(schedule)),
      transfer_(with_.executor, with_.clock, with_.workers),
      rescheduled_(with_.executor),
      keeping_(with_.executor, [this](const std::string& name, std::exception_ptr thrown) {
        with_.warn(name, error_from(thrown).message());
      }) {
  schedule_ = document_.load(schedule_from_json);
  add_kinds();
}

std::string BackupService::warning() const {
  return document_.warning("the schedule of backups", "`gf backup schedule daily` sets it again");
}

void BackupService::add_kinds() {
  using operation::Body;
  using operation::Kind;
  // A backup only reads, and gives way to nothing but another one of its project; a restore wants everything to stand
  // still.
  with_.operations.add_kind(
      Kind{"backup", project_of,
           [](const Json& parameters) { return std::vector<std::string>{"backup/" + project_of(parameters)}; },
           [this](const Json& parameters) -> Body {
             return [this, parameters](Context& context) { return run_backup(parameters, context); };
           },
           true});
  with_.operations.add_kind(
      Kind{"backup-restore", [](const Json& parameters) { return parameters.value("addon", ""); },
           [](const Json& parameters) {
             const auto project = project_of(parameters);
             return std::vector<std::string>{"cluster", "project/" + project, "backup/" + project};
           },
           [this](const Json& parameters) -> Body {
             return [this, parameters](Context& context) { return run_restore(parameters, context); };
           },
           true});
}

const addon::AddonSpec& BackupService::spec_with_backup(const std::string& addon) const {
  const auto& spec = with_.addons.catalogue().at(addon);
  if (!spec.backup)
    throw Error(ErrorCode::bad_request, "cannot back " + addon + " up: it keeps nothing that belongs to a project");
  return spec;
}

void BackupService::need_cluster(const std::string& what) const {
  if (!with_.kube.available())
    throw Error(ErrorCode::cluster_unavailable, "cannot " + what + ": the cluster does not run", "gf up");
}

std::vector<std::string> BackupService::addons_of(const std::string& project) const {
  std::vector<std::string> names;
  for (const auto& [name, chosen] : with_.addons.chosen())
    if (with_.addons.catalogue().at(name).backup && chosen.wanted_by.contains("project/" + project))
      names.push_back(name);
  return names;
}

Operation BackupService::back_up(const std::string& project, std::vector<std::string> addons) {
  check_project(project);
  const auto chosen = with_.addons.chosen();
  for (const auto& addon : addons) {
    spec_with_backup(addon);
    if (!chosen.contains(addon))
      throw Error(ErrorCode::not_found, "cannot back " + addon + " up: it is not enabled", "gf addon enable " + addon);
  }
  if (addons.empty()) addons = addons_of(project);
  if (addons.empty())
    throw Error(ErrorCode::not_found, "cannot back " + project + " up: it has no addon that keeps anything",
                "gf addon list");
  need_cluster("back " + project + " up");
  return with_.operations.start("backup", backup_parameters(project, std::move(addons), false));
}

Task<std::vector<Backup>> BackupService::backups(std::string project) {
  check_project(project);
  auto listing = offload(with_.workers, &list_of, &with_.files, folder_, std::move(project));
  co_return co_await std::move(listing);
}

Task<Operation> BackupService::restore(std::string project, std::string addon, std::string at) {
  spec_with_backup(addon);
  auto listing = backups(project);
  auto all = co_await std::move(listing);
  std::erase_if(all, [&](const Backup& one) { return one.addon != addon || (at != latest && one.id != at); });
  if (all.empty())
    throw Error(ErrorCode::not_found,
                "cannot find a backup of " + project + " in " + addon + (at == latest ? "" : " of " + at),
                "gf backup list");
  if (!with_.addons.chosen().contains(addon))
    throw Error(ErrorCode::not_found, "cannot restore " + addon + ": it is not enabled", "gf addon enable " + addon);
  need_cluster("restore " + addon);
  Json parameters;
  parameters["project"] = project;
  parameters["addon"] = addon;
  parameters["backup"] = to_json(all.back());
  co_return with_.operations.start("backup-restore", parameters);
}

void BackupService::set_schedule(const std::string& at, bool cluster) {
  Schedule next;
  if (!at.empty()) next.minute = minute_from(at);
  next.cluster = cluster && next.minute;
  next.last_run = with_.clock.wall_seconds();  // what lies before now was not missed
  document_.save(to_json(next));
  schedule_ = next;
  rescheduled_.notify_all();
}

void BackupService::start() {
  sweep(with_.files, folder_);
  keeping_.spawn("backup schedule", keep_schedule());
}

Task<> BackupService::stop() {
  auto stopping = keeping_.stop();
  co_await std::move(stopping);
}

/// Begins what is due, all of it or nothing: without a cluster, or while a project is being backed up by hand, it stays
/// due.
bool BackupService::run_due() {
  if (!with_.kube.available() || !with_.mirror.synced()) return false;
  std::vector<std::pair<const char*, Json>> runs;
  for (const auto& project : with_.projects())
    if (auto addons = addons_of(project); !addons.empty())
      runs.emplace_back("backup", backup_parameters(project, std::move(addons), true));
  if (schedule_.cluster) runs.emplace_back(ClusterBackups::kind, ClusterBackups::parameters(false, true));
  try {
    for (const auto& [kind, run] : runs) with_.operations.refuse_conflict(kind, run);
  } catch (const Error&) {
    return false;
  }
  for (const auto& [kind, run] : runs) with_.operations.start(kind, run);
  return true;
}

Task<> BackupService::keep_schedule() {
  for (;;) {
    const auto now = with_.clock.wall_seconds();
    try {
      if (is_due(schedule_, now) && run_due()) {
        schedule_.last_run = now;
        document_.save(to_json(schedule_));
      }
    } catch (const Error& error) {
      with_.warn("backup schedule", error.message());
    }
    if (schedule_.minute) {
      auto sleeping = with_.clock.sleep_for(look_interval);
      co_await std::move(sleeping);
    } else {
      auto waiting = rescheduled_.wait();
      co_await std::move(waiting);
    }
  }
}

}  // namespace gf::backup
