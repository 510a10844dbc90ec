#include "backup/cluster_backups.hpp"

#include "protocol/error.hpp"

namespace gf::backup {

namespace {

using operation::Body;
using operation::Context;
using operation::Kind;

constexpr const char* latest = "latest";

std::vector<ClusterBackup> list_of(FileSystem* files, std::filesystem::path folder) {
  return cluster_backups(*files, folder);
}

std::string subject(const Json&) { return "cluster"; }

/// Neither may see the cluster half-changed by another operation.
std::vector<std::string> keys(const Json&) { return {"cluster", "cluster-backups"}; }

}  // namespace

ClusterBackups::ClusterBackups(Collaborators with, std::filesystem::path folder)
    : with_(std::move(with)), folder_(std::move(folder)), transfer_(with_.executor, with_.clock, with_.workers) {
  add_kinds();
}

Json ClusterBackups::parameters(bool full, bool scheduled) {
  Json parameters;
  parameters["full"] = full;
  parameters["scheduled"] = scheduled;
  return parameters;
}

void ClusterBackups::add_kinds() {
  with_.operations.add_kind(Kind{kind, subject, keys,
                                 [this](const Json& parameters) -> Body {
                                   return
                                       [this, parameters](Context& context) { return run_backup(parameters, context); };
                                 },
                                 true});
  with_.operations.add_kind(Kind{"cluster-restore", subject, keys,
                                 [this](const Json& parameters) -> Body {
                                   return [this, parameters](Context& context) {
                                     return run_restore(parameters, context);
                                   };
                                 },
                                 true});
}

void ClusterBackups::need_cluster(const std::string& what) const {
  if (!with_.kube.available())
    throw Error(ErrorCode::cluster_unavailable, "cannot " + what + " the cluster: it does not run", "gf up");
}

Operation ClusterBackups::back_up(bool full) {
  need_cluster("back up");
  return with_.operations.start(kind, parameters(full, false));
}

Task<std::vector<ClusterBackup>> ClusterBackups::backups() {
  auto listing = offload(with_.workers, &list_of, &with_.files, folder_);
  co_return co_await std::move(listing);
}

Task<Operation> ClusterBackups::restore(std::string at, bool force) {
  auto listing = backups();
  auto all = co_await std::move(listing);
  if (at != latest) std::erase_if(all, [&](const ClusterBackup& one) { return one.id != at; });
  if (all.empty())
    throw Error(ErrorCode::not_found, "cannot find a backup of the cluster" + (at == latest ? "" : " of " + at),
                "gf backup list");
  need_cluster("restore");
  Json parameters;
  parameters["id"] = all.back().id;
  parameters["force"] = force;
  co_return with_.operations.start("cluster-restore", parameters);
}

}  // namespace gf::backup
