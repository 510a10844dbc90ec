#pragma once
#include <functional>
#include <map>
#include <set>

#include "core/clock.hpp"
#include "core/task_group.hpp"
#include "deploy/app_objects.hpp"
#include "deploy/drift.hpp"
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
/// Only then is its pod let through the readiness gate. Where the checkout is mounted nothing is written, and nothing
/// is unknown: the program is told of each new tree.
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
  /// The state that all replicas shall have.
  void set_snapshot(source::Snapshot snapshot);
  /// Looks at the mirror again: pods came, went or changed.
  void refresh();
  std::vector<ReplicaStatus> status() const;
  /// Reads what every replica holds and compares it with the checkout, once no sync is under way there; with `repair`
  /// what differs is synced again, and compared once more. One that does not come to rest in time is unknown.
  Task<std::vector<Verdict>> verify(bool repair);
  const std::optional<LastSync>& last_sync() const { return last_sync_; }
  Task<> stop() { return syncing_.stop(); }

 private:
  struct Replica {
    std::string pod, node, container_id, image;
    std::shared_ptr<const source::Tree> tree;  ///< what it has; nullptr = not known yet
    std::set<std::string> unsure;              ///< the checkout's paths that it may have otherwise than `tree` says
    source::Head head;
    bool busy = false, gate_open = false;
    bool mounted = false;  ///< the checkout itself: it is told of changes, and has no gate
    bool mending = false;  ///< what is synced now mends what somebody else has changed there: no save
    std::string trouble;   ///< why the latest try to sync failed
  };
  struct Look;
  class LookEnd;
  Task<> bring_up_to_date(std::string pod, std::string container_id);
  Task<bool> sync_once(std::string pod, std::string container_id);
  Task<LastSync> write_files(std::shared_ptr<Replica> replica, source::Snapshot wanted);
  Task<LastSync> tell_of_change(std::shared_ptr<Replica> replica, source::Snapshot wanted);
  bool is_current(const Replica& replica) const { return replica.tree == snapshot_.tree && replica.unsure.empty(); }
  Task<> set_gate(std::string pod, bool open);
  bool is_at_rest(const std::shared_ptr<Replica>& replica) const;
  std::shared_ptr<Replica> find(const std::string& pod) const;
  std::string why_not_at_rest(const std::string& pod) const;
  Task<> look_into_all(std::shared_ptr<Look> look, bool repair, std::shared_ptr<LookEnd> end);
  Task<> look_into(std::shared_ptr<Look> look, std::size_t index, bool repair);
  Task<> look_at_rest(Verdict& verdict, bool repair);
  Task<> wait_for_rest(std::string pod);
  void mend(const std::shared_ptr<Replica>& replica, const std::vector<DriftedFile>& files);
  std::shared_ptr<Replica> current(const std::string& pod, const std::string& container_id);
  void wake(const std::shared_ptr<Replica>& replica);
  double since_save() const;
  void note_all_done();

  Collaborators with_;
  std::string project_, root_;
  AppSpec app_;
  source::Snapshot snapshot_;
  std::map<std::string, std::shared_ptr<Replica>> replicas_;  ///< by pod name
  std::optional<LastSync> last_sync_;
  LastSync counting_;
  Signal rested_;  ///< a replica has come to rest, came or went
  TaskGroup syncing_;
};

}  // namespace gf::deploy
