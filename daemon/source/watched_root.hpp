#pragma once
#include <map>
#include <set>

#include "core/offload.hpp"
#include "core/signal.hpp"
#include "source/inotify.hpp"
#include "source/settle.hpp"
#include "source/source_watcher.hpp"

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
  void drop_watches();

 private:
  enum class Place { tree, git, above };
  struct Watch {
    Place place = Place::tree;
    std::string folder;
  };
  void note(bool scan);
  void take_tree_event(const FileEvent& event, const std::string& folder);
  bool save_changed(const std::string& path, std::uint32_t mask);
  std::optional<Clock::duration> lock_age();
  Task<> settle_burst();
  void read_saved();
  Task<> scan();
  bool watch_folders(const Tree& tree);
  void watch(const std::string& place, Watch what);
  void tell();

  Executor executor_;
  Clock& clock_;
  WorkerPool& workers_;
  Inotify& inotify_;
  std::string root_, git_;
  SnapshotSink sink_;
  Warn warn_;
  Signal happened_;
  std::map<int, Watch> watches_;
  std::map<std::string, int> by_folder_;
  std::set<std::string> saved_;
  std::optional<Burst> burst_;
  std::optional<Clock::time_point> locked_since_;
  std::shared_ptr<const Tree> tree_;
  Head head_, told_head_;
  std::string told_digest_;
  Snapshot next_;
  bool exhausted_ = false;  ///< too few watches: read again every few seconds
  bool gone_ = false;       ///< the root is not there
};

}  // namespace gf::source
