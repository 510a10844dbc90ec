#include <algorithm>

#include "backup/backup_service.hpp"
#include "backup/retention.hpp"
#include "protocol/error.hpp"

// What the operations do, step by step.
namespace gf::backup {

using operation::Context;
using operation::run_step;

namespace {

std::shared_ptr<Sink> open_sink(FileSystem* files, std::filesystem::path folder, Backup backup) {
  return std::make_shared<Sink>(*files, std::move(folder), std::move(backup));
}

Backup finish_sink(std::shared_ptr<Sink> sink, double now) { return sink->finish(now); }

std::vector<std::string> remove_expired_of(FileSystem* files, std::filesystem::path folder, std::string project,
                                           double now) {
  std::map<std::string, std::vector<Backup>> by_addon;
  for (auto& one : list(*files, folder, project)) by_addon[one.addon].push_back(std::move(one));
  std::vector<std::string> removed;
  for (const auto& [addon, backups] : by_addon)
    for (const auto& one : expired(backups, now)) {
      remove(*files, folder, one);
      removed.push_back(addon + ' ' + one.id);
    }
  return removed;
}

/// What became of the content after a restore that did not come to its end.
std::string aftermath(const ScriptEnd& end) {
  if (end.exit_code == 0) return "its content is that of the backup nevertheless";
  if (end.replacing) return "its content is incomplete now";
  if (!end.exit_code) return "whether its content was replaced is not known";
  return "its content is what it was before";
}

}  // namespace

/// Adds to the list `made`.
Task<> BackupService::back_up_one(const addon::AddonSpec& spec, std::string project, bool scheduled, Json& made,
                                  Context& step) {
  auto waiting = with_.addons.wait_ready(spec.name, step);
  co_await std::move(waiting);
  auto asking = with_.addons.claims().known(spec, project);
  auto known = co_await std::move(asking);
  if (known.empty()) {
    step.skip(project + " has nothing in " + spec.name);
    co_return;
  }
  Backup backup;
  backup.project = project;
  backup.addon = spec.name;
  backup.version = spec.version;
  backup.extension = spec.backup->extension;
  backup.began = with_.clock.wall_seconds();
  backup.scheduled = scheduled;
  const auto chosen = with_.addons.chosen();
  if (const auto found = chosen.find(spec.name); found != chosen.end()) backup.profile = found->second.profile;
  auto opening = offload(with_.workers, &open_sink, &with_.files, folder_, std::move(backup));
  const auto sink = co_await std::move(opening);
  auto starting = with_.addons.commands().begin(spec.space, spec.backup->dump, std::move(known));
  const auto script = co_await std::move(starting);
  auto dumping = transfer_.dump(*script, std::shared_ptr<FileSink>(sink, &sink->file()), step);
  const auto end = co_await std::move(dumping);
  if (end.exit_code != 0)
    throw Error(ErrorCode::addon_failed, "cannot back " + spec.name + " up for the project " + project,
                "gf addon status " + spec.name, end.errors);
  auto finishing = offload(with_.workers, &finish_sink, sink, with_.clock.wall_seconds());
  const auto backup_made = co_await std::move(finishing);
  made.push_back(to_json(backup_made));
}

Task<> BackupService::remove_expired(std::string project, Context& context) {
  auto removing =
      offload(with_.workers, &remove_expired_of, &with_.files, folder_, project, with_.clock.wall_seconds());
  for (const auto& one : co_await std::move(removing)) context.log("removed " + one);
}

Task<Json> BackupService::run_backup(Json parameters, Context& context) {
  const auto project = parameters.at("project").get<std::string>();
  const bool scheduled = parameters.at("scheduled").get<bool>();
  auto waiting = with_.mirror.wait_synced();
  co_await std::move(waiting);
  Json result;
  result["backups"] = Json::array();
  std::exception_ptr failed;
  for (const auto& name : parameters.at("addons").get<std::vector<std::string>>()) {
    const auto& spec = spec_with_backup(name);
    std::function<Task<>(Context&)> body = [&](Context& step) {
      return back_up_one(spec, project, scheduled, result["backups"], step);
    };
    // One that fails does not keep the others from being saved.
    try {
      auto stepping = run_step(context, "back " + name + " up", body);
      co_await std::move(stepping);
    } catch (...) {
      if (error_from(std::current_exception()).code() == ErrorCode::cancelled) throw;
      if (!failed) failed = std::current_exception();
    }
  }
  if (scheduled) {
    auto removing = remove_expired(project, context);
    co_await std::move(removing);
  }
  if (failed && scheduled) with_.warn(project, error_from(failed).message());
  if (failed) std::rethrow_exception(failed);
  co_return result;
}

Task<> BackupService::restore_one(const addon::AddonSpec& spec, Backup backup, Context& step) {
  auto waiting = with_.addons.wait_ready(spec.name, step);
  co_await std::move(waiting);
  auto ensuring = with_.addons.claims().ensure(spec, backup.project);  // a new cluster knows nothing of the project
  co_await std::move(ensuring);
  auto asking = with_.addons.claims().known(spec, backup.project);
  auto known = co_await std::move(asking);
  auto starting = with_.addons.commands().begin(spec.space, spec.backup->restore, std::move(known));
  const auto script = co_await std::move(starting);
  ScriptEnd end;
  std::exception_ptr thrown;
  try {
    auto restoring = transfer_.restore(*script, place_of(folder_, backup), backup.bytes, end, step);
    co_await std::move(restoring);
  } catch (...) {
    thrown = std::current_exception();
  }
  if (!thrown && end.exit_code == 0) {
    if (!end.errors.empty()) step.log(end.errors);  // what it had to leave alone
    co_return;
  }
  const auto state = aftermath(end);
  if (thrown && error_from(thrown).code() == ErrorCode::cancelled) {
    step.log("the restore of " + spec.name + " was ended in the middle: " + state);
    std::rethrow_exception(thrown);
  }
  throw Error(
      ErrorCode::addon_failed, "cannot restore " + spec.name + " for the project " + backup.project + ": " + state,
      "gf backup restore " + spec.name + " --at " + backup.id, thrown ? error_from(thrown).message() : end.errors);
}

Task<Json> BackupService::run_restore(Json parameters, Context& context) {
  const auto backup = backup_from_json(parameters.at("backup"));
  const auto& spec = spec_with_backup(backup.addon);
  auto waiting = with_.mirror.wait_synced();
  co_await std::move(waiting);
  std::function<Task<>(Context&)> check = [&](Context& step) {
    return transfer_.verify(place_of(folder_, backup), Content{backup.bytes, backup.sha256}, step);
  };
  auto checking = run_step(context, "check the backup", check);
  co_await std::move(checking);
  std::function<Task<>(Context&)> body = [&](Context& step) { return restore_one(spec, backup, step); };
  auto stepping = run_step(context, "restore " + spec.name, body);
  co_await std::move(stepping);
  co_return to_json(backup);
}

}  // namespace gf::backup
