#pragma once
#include <functional>
#include <map>
#include <set>

#include "core/clock.hpp"
#include "core/task_group.hpp"
#include "deploy/app_objects.hpp"
#include "deploy/delta.hpp"
#include "kube/mirror.hpp"
#include "source/source_watcher.hpp"

namespace gf::deploy {

/// What one replica serves.
struct ReplicaStatus {
  std::string pod, node, state;  ///< state: the trouble it is in, or Running, Pending …
  std::string tree, commit;      ///< of the checkout, once synced
  bool dirty = false, synced = false, ready = false;
  int restarts = 0;
};

/// The latest change that reached all replicas. Its times are seconds since the first event of the save.
struct LastSync {
  std::uint64_t files = 0, bytes = 0;  ///< per replica
  std::size_t replicas = 0;            ///< that it was written into
  double seen = 0;                     ///< the checkout's new state was known
  double planned = 0;                  ///< what the last replica lacks was known and read
  double sent = 0;                     ///< the last node had it
  double seconds = 0;                  ///< the last replica had it
};

/// The running containers of one app and what of the checkout is in them. Each is brought to the newest tree by itself:
///   unknown (just started) ─ compare, write ─▶ synced ─ new tree: write the difference ─▶ synced
/// What a sync that failed may have written, and what changed while it was read, is written again with the next one.
/// Only then is its pod let through the readiness gate. A pod that was made for another branch's data keeps the files
/// that it has: they belong to these data.
class Replicas {
 public:
  struct Collaborators {
    Executor executor;
    Clock& clock;
    WorkerPool& workers;
    kube::KubeApi& kube;
    kube::Mirror& mirror;
    node::Links& links;
    std::function<std::vector<std::string>(const std::string& image)> paths_in;  ///< ImageBuilder::paths_in
    std::function<void(const std::string& sentence)> warn;
    std::function<void(const LastSync& sync)> synced;  ///< a change has reached all replicas
  };
  Replicas(Collaborators with, std::string project, std::string root, AppSpec app);

  void set_app(AppSpec app) { app_ = std::move(app); }
  const AppSpec& app() const { return app_; }
  /// The state that all replicas shall have that were made for the data of the branch `data`, as note_data() marks
  /// them.
  void set_snapshot(source::Snapshot snapshot, std::string data = {});
  /// Looks at the mirror again: pods came, went or changed.
  void refresh();
  std::vector<ReplicaStatus> status() const;
  const std::optional<LastSync>& last_sync() const { return last_sync_; }
  Task<> stop() { return syncing_.stop(); }

 private:
  struct Replica {
    std::string pod, node, container_id, image;
    std::shared_ptr<const source::Tree> tree;  ///< what it has; nullptr = not known yet
    std::set<std::string> unsure;              ///< the checkout's paths that it may have otherwise than `tree` says
    source::Head head;
    bool busy = false, gate_open = false;
    bool left = false;  ///< as it is: it is of other data
  };
  Task<> bring_up_to_date(std::string pod, std::string container_id);
  Task<bool> sync_once(std::string pod, std::string container_id);
  bool is_current(const Replica& replica) const { return replica.tree == snapshot_.tree && replica.unsure.empty(); }
  Task<> set_gate(std::string pod, bool open);
  std::shared_ptr<Replica> current(const std::string& pod, const std::string& container_id);
  void wake(const std::shared_ptr<Replica>& replica);
  double since_save() const;
  void note_all_done();

  Collaborators with_;
  std::string project_, root_, data_;
  AppSpec app_;
  source::Snapshot snapshot_;
  std::map<std::string, std::shared_ptr<Replica>> replicas_;  ///< by pod name
  std::optional<LastSync> last_sync_;
  LastSync counting_;
  TaskGroup syncing_;
};

}  // namespace gf::deploy
