#pragma once
#include <functional>

#include "backup/cluster_backup.hpp"
#include "backup/cluster_objects.hpp"
#include "backup/transfer.hpp"
#include "container/engine.hpp"
#include "kube/current_api.hpp"
#include "kube/mirror.hpp"
#include "manifest/rollout.hpp"
#include "operation/engine.hpp"

namespace gf::backup {

/// The state of the whole cluster as files on this machine, and back into a cluster that lacks it: its objects and the
/// content of its volumes. Each is an operation: it can be cancelled, and a daemon that is started again repeats it.
/// Io thread only.
class ClusterBackups {
 public:
  struct Collaborators {
    Executor executor;
    Clock& clock;
    WorkerPool& workers;
    FileSystem& files;
    operation::Engine& operations;
    kube::CurrentKubeApi& kube;
    kube::Mirror& mirror;
    container::Engine& engine;
    manifest::Rollout& rollout;
    std::function<std::vector<std::string>()> nodes;  ///< that pods of ours are put on
    std::function<void(const std::string& subject, const std::string& sentence)> warn;
  };
  ClusterBackups(Collaborators with, std::filesystem::path folder);

  static constexpr const char* kind = "cluster-backup";  ///< of the operation
  static Json parameters(bool full, bool scheduled);

  /// Each begins an operation and returns it. `full`: copies also what has not changed since the last one.
  /// Throws Error(cluster_unavailable), Error(conflict).
  Operation back_up(bool full);
  /// `at`: a backup's id or "latest". `force`: replaces objects that are there with other content; else the operation
  /// ends with Error(conflict) naming them before anything is changed. Throws Error(not_found) likewise.
  Task<Operation> restore(std::string at, bool force);
  /// The oldest first.
  Task<std::vector<ClusterBackup>> backups();

  /// Removes what a crash left, before operations go on.
  void start() { sweep_cluster_backups(with_.files, folder_); }

 private:
  /// What a restore does with an object of the backup.
  enum class Action { create, replace, leave };
  struct Planned {
    Json object;
    Action action = Action::create;
  };
  struct Plan {
    std::vector<Planned> objects;      ///< in the order of their stages
    std::vector<SavedVolume> volumes;  ///< to be made
  };

  void add_kinds();
  void need_cluster(const std::string& what) const;

  Task<Json> run_backup(Json parameters, operation::Context& context);
  Task<> save(ClusterBackup& backup, const ClusterBackup* former, operation::Context& context);
  Task<> find_volumes(ClusterBackup& backup);
  Task<> save_objects(ClusterBackup& backup, operation::Context& step);
  Task<> save_volume(const ClusterBackup& backup, SavedVolume& volume, const SavedVolume* before,
                     std::filesystem::path archive_before, operation::Context& step);
  Task<> copy_volume(const ClusterBackup& backup, SavedVolume& volume, operation::Context& step);
  Task<> remove_expired(operation::Context& context);

  Task<Json> run_restore(Json parameters, operation::Context& context);
  Task<> check(const ClusterBackup& backup, operation::Context& step);
  Task<> compare(const ClusterBackup& backup, bool force, Plan& plan, operation::Context& step);
  Task<std::optional<Json>> existing(const Json& object);
  Task<> restore_stage(Stage stage, const Plan& plan, operation::Context& step);
  Task<> restore_object(const Planned& planned);
  Task<> restore_volumes(const ClusterBackup& backup, const Plan& plan, operation::Context& context);
  Task<> restore_volume(const ClusterBackup& backup, const SavedVolume& volume, std::string node,
                        operation::Context& step);

  Collaborators with_;
  std::filesystem::path folder_;
  Transfer transfer_;
};

}  // namespace gf::backup
