#pragma once
#include <map>
#include <string>

#include "core/backoff.hpp"
#include "core/clock.hpp"
#include "http/client.hpp"
#include "kube/kube_api.hpp"

namespace gf::kube {

/// One watch that never ends by itself:
///   listing ─▶ following ─▶ (stream ended) following from the last version
///      ▲            └─ 410 Gone ─┘ lists again; what vanished meanwhile is told as DELETED
/// A server that does not answer is tried again after 100 ms, doubled up to 5 s.
class Watcher {
 public:
  /// How the server is asked; all three throw Error when it does not answer.
  struct Source {
    std::function<Task<ResourceName>()> resource;
    std::function<Task<http::Response>(http::Request)> send;
    std::function<Task<std::unique_ptr<http::ResponseStream>>(http::Request)> open;
  };
  Watcher(Source source, Clock& clock, std::string space, std::string labels, WatchSink sink);

  Task<> run();

 private:
  Task<> list();
  Task<> follow();
  void tell(const std::string& type, Json object);
  http::Request request(const std::string& query) const;

  Source source_;
  Clock& clock_;
  std::string space_, labels_;
  WatchSink sink_;
  Backoff backoff_;
  ResourceName resource_;
  std::string version_;                ///< resume from here; empty = list first
  std::map<std::string, Json> known_;  ///< uid → what a DELETED event must say of it
  bool synced_ = false;
};

}  // namespace gf::kube
