#pragma once
#include "api/feed.hpp"
#include "api/services.hpp"
#include "core/task_group.hpp"

namespace gf::api {

/// Tells the feed each change of what GET /v1/status answers: it looks when something has happened, many happenings
/// within a moment at once. Io thread only.
class StateWatch {
 public:
  /// `services` and `feed` must outlive it.
  StateWatch(Executor executor, const Services& services, Feed& feed);

  void start();
  Task<> stop();
  /// Something has happened that the cluster's objects do not show.
  void look_again() { happened_.notify_all(); }

 private:
  Task<> follow_cluster();
  Task<> look();

  const Services& services_;
  Feed& feed_;
  Signal happened_;
  TaskGroup watching_;
};

}  // namespace gf::api
