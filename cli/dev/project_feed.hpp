#pragma once
#include <functional>

#include "core/signal.hpp"
#include "core/task_group.hpp"
#include "dev/view.hpp"
#include "session.hpp"

namespace gf::cli {

/// Keeps a DevView up to date from the daemon: the feed of events and the logs of all replicas, over restarts of both.
class ProjectFeed {
 public:
  struct Sinks {
    std::function<void(const Json& event)> event;  ///< also those from before the view's status
    std::function<void(const Json& line)> log;
    std::function<void(const std::string& words)> alert;  ///< a trouble has come or gone
  };
  /// `view` has taken a status; all must outlive the tasks.
  ProjectFeed(Session& session, DevView& view, Sinks sinks);

  /// Begins to read. Each task ends by cancellation, or with an error that nothing can be done about. `logs_back`: with
  /// so many lines of each replica's log it begins.
  void start(TaskGroup& tasks, int logs_back);

 private:
  Task<> read_feed();
  Task<> read_logs(int back);
  Task<bool> read_logs_once(int back);
  Task<> keep_fresh();
  void take(const Json& event);

  Session& session_;
  DevView& view_;
  Sinks sinks_;
  Signal changed_;
  std::uint64_t changes_ = 0;  ///< of states: pods may be there that were not
  bool stale_ = false;         ///< events were missed
};

}  // namespace gf::cli
