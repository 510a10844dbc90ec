#pragma once
#include <functional>
#include <memory>
#include <string>

#include "core/clock.hpp"
#include "core/offload.hpp"
#include "core/task_group.hpp"
#include "source/checkout.hpp"

namespace gf::source {

/// The state of a checkout after a settled burst of changes.
struct Snapshot {
  std::shared_ptr<const Tree> tree;
  Head head;
  /// When the first event of the burst was seen: the start of "save to live".
  Clock::time_point first_event;
  std::uint64_t events = 0;
  bool rescanned = false;  ///< an overflow made us read everything again
};

/// Called on the io thread for each new state that differs from the last one (by tree digest or head).
using SnapshotSink = std::function<void(Snapshot)>;

/// Watches any number of checkouts with one inotify instance: no watches in ignored folders nor in .git but the few
/// files that tell HEAD, index and index.lock. A lone save (CLOSE_WRITE or MOVED_TO) is told at once, bursts settle
/// for 20 ms (cap 500 ms), work of Git is waited for. Overflow, a lost watch, a replaced root: read again by content.
class SourceWatcher {
 public:
  SourceWatcher(Executor executor, Clock& clock, WorkerPool& workers);
  ~SourceWatcher();

  /// Reads the tree, starts watching, tells the first snapshot through the return value and later ones to `sink`.
  /// Throws Error(not_a_checkout).
  Task<Snapshot> add(std::string root, SnapshotSink sink);
  void remove(const std::string& root);
  /// Called with a sentence when something stays odd: a stale index.lock, watches exhausted.
  void on_warning(std::function<void(const std::string& root, const std::string& sentence)> sink);
  Task<> stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gf::source
