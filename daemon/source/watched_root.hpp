#pragma once
#include <filesystem>
#include <set>

#include "core/offload.hpp"
#include "core/signal.hpp"
#include "source/settle.hpp"
#include "source/source_watcher.hpp"
#include "source/watches.hpp"

namespace gf::source {

/// One watched checkout: collects its events, lets them settle, reads what changed, tells.
class WatchedRoot {
 public:
  using Warn = std::function<void(const std::string& sentence)>;
  WatchedRoot(Executor executor, Clock& clock, WorkerPool& workers, Inotify& inotify, std::string root,
              SnapshotSink sink, Warn warn);

  const std::string& root() const { return root_; }
  Task<Snapshot> begin();
  /// Tells settled changes until cancelled.
  Task<> run();
  /// Whether the event is of one of its watches.
  bool take(const FileEvent& event);
  /// Events were lost: everything is read again.
  void overflowed();
  void drop_watches() { watches_.drop(); }

 private:
  void note(bool scan);
  void take_tree_event(const FileEvent& event, const std::string& folder);
  std::optional<Clock::duration> lock_age();
  Task<> settle_burst();
  void read_saved();
  Task<> scan();
  bool watch_folders(const std::vector<std::string>& folders);
  std::filesystem::path branch_file() const;
  void tell();

  Executor executor_;
  Clock& clock_;
  WorkerPool& workers_;
  std::string root_;
  std::string git_, branches_;  ///< its real git dir, and where the branches' files lie
  Watches watches_;
  SnapshotSink sink_;
  Warn warn_;
  Signal happened_;
  std::set<std::string> saved_;
  std::optional<Burst> burst_;
  std::optional<Clock::time_point> locked_since_;
  std::shared_ptr<const Tree> tree_;
  bool scanning_ = false;  ///< the tree is being read: tree_ is of before
  Head head_, told_head_;
  std::string told_digest_;
  Snapshot next_;
  bool exhausted_ = false;  ///< too few watches: read again every few seconds
  bool gone_ = false;       ///< the root is not there
};

}  // namespace gf::source
