#pragma once
#include <functional>

#include "addon/addon_service.hpp"
#include "backup/schedule.hpp"
#include "backup/transfer.hpp"
#include "core/task_group.hpp"
#include "kube/current_api.hpp"
#include "operation/engine.hpp"
#include "state/document.hpp"

namespace gf::backup {

/// What projects have in addons, as files on this machine: made by hand or by a daily schedule, and put back. Each is
/// an operation: it can be cancelled, and a daemon that is started again repeats it. Io thread only.
class BackupService {
 public:
  struct Collaborators {
    Executor executor;
    Clock& clock;
    WorkerPool& workers;
    FileSystem& files;
    operation::Engine& operations;
    kube::CurrentKubeApi& kube;
    kube::Mirror& mirror;
    addon::AddonService& addons;
    std::function<std::vector<std::string>()> projects;  ///< those that are up
    std::function<void(const std::string& subject, const std::string& sentence)> warn;
  };
  BackupService(Collaborators with, std::filesystem::path folder, state::Document schedule);

  /// Each begins an operation and returns it. No addons: all that the project has something in.
  /// Throws Error(cluster_unavailable), Error(not_found), Error(bad_request), Error(conflict).
  Operation back_up(const std::string& project, std::vector<std::string> addons);
  /// `at`: a backup's id or "latest".
  Task<Operation> restore(std::string project, std::string addon, std::string at);
  Task<std::vector<Backup>> backups(std::string project);

  const Schedule& schedule() const { return schedule_; }
  /// "HH:MM", local, every day; "" for never. `cluster`: the state of the cluster too.
  void set_schedule(const std::string& at, bool cluster);

  /// Removes what a crash left, before operations go on; then keeps the schedule for the daemon's whole life.
  void start();
  Task<> stop();
  /// A sentence about a damaged file that was kept aside, else "".
  std::string warning() const;

 private:
  void add_kinds();
  const addon::AddonSpec& spec_with_backup(const std::string& addon) const;
  void need_cluster(const std::string& what) const;
  std::vector<std::string> addons_of(const std::string& project) const;

  Task<Json> run_backup(Json parameters, operation::Context& context);
  Task<Json> run_restore(Json parameters, operation::Context& context);
  Task<> back_up_one(const addon::AddonSpec& spec, std::string project, bool scheduled, Json& made,
                     operation::Context& step);
  Task<> restore_one(const addon::AddonSpec& spec, Backup backup, operation::Context& step);
  Task<> remove_expired(std::string project, operation::Context& context);
  Task<> keep_schedule();
  bool run_due();

  Collaborators with_;
  std::filesystem::path folder_;
  state::Document document_;
  Schedule schedule_;
  Transfer transfer_;
  Signal rescheduled_;
  TaskGroup keeping_;
};

}  // namespace gf::backup
