#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "core/signal.hpp"
#include "core/task_group.hpp"
#include "kube/current_api.hpp"

namespace gf::kube {

/// What is ours in the cluster, kept up to date by watches: every reader (waiting for a rollout, `gf status`, syncing)
/// looks here and asks the server nothing. Holds the workloads and pods that carry `managed_label`, and the ConfigMaps
/// by which a cluster tells everybody about itself (namespace kube-public). Io thread only.
class Mirror {
 public:
  static constexpr const char* managed_label = "app.kubernetes.io/managed-by=greenfield";

  /// Follows `api`: begins anew each time the cluster behind it changes, and is empty without one.
  Mirror(Executor executor, CurrentKubeApi& api);

  /// nullptr when there is none (or it has not been heard of yet).
  const Json* find(const std::string& kind, const std::string& space, const std::string& name) const;
  /// All of a kind; `space` empty = everywhere; `label`, `value`: those with that label (empty label = all).
  std::vector<const Json*> all(const std::string& kind, const std::string& space, const std::string& label = {},
                               const std::string& value = {}) const;
  /// True once every first list has arrived.
  bool synced() const { return syncing_ == 0; }
  /// Resumes when there is a cluster and it is known what is in it: not at once after a restart of the daemon.
  Task<> wait_synced();
  Signal& changed() { return changed_; }
  /// Hears of every single event, on the io thread.
  void on_event(std::function<void(const WatchEvent&)> listener) { listeners_.push_back(std::move(listener)); }
  Task<> stop();

 private:
  using Key = std::tuple<std::string, std::string, std::string>;  ///< kind, namespace, name
  void begin_again();
  void take(const WatchEvent& event);

  Executor executor_;
  CurrentKubeApi& api_;
  Signal changed_;
  TaskGroup watches_;
  std::map<Key, Json> objects_;
  std::vector<std::function<void(const WatchEvent&)>> listeners_;
  std::size_t syncing_ = 0;
  std::uint64_t generation_ = 0;  ///< of the cluster: late events of a former one are dropped
};

/// Whether `object` carries `label` with `value` (any value when empty).
bool has_label(const Json& object, const std::string& label, const std::string& value);

}  // namespace gf::kube
