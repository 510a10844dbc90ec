#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/task.hpp"
#include "http/client.hpp"
#include "protocol/json.hpp"

namespace gf::kube {

/// How a client reaches and convinces an API server: what a kubeconfig says.
struct Access {
  http::Endpoint endpoint;
};
/// Reads the current context of a kubeconfig text (client certificates inline). Throws Error(cluster_unavailable).
Access access_from_kubeconfig(const std::string& text);

/// "apps/v1" + "StatefulSet" → where its objects live. Unknown kinds are asked from the server once.
struct ResourceName {
  std::string api_version, kind;
  std::string plural;
  bool namespaced = true;
  bool keepable = false;  ///< its objects can be listed and created
};

struct WatchEvent {
  std::string type;  ///< ADDED, MODIFIED, DELETED; SYNCED once after the initial list (object is null)
  Json object;
};
using WatchSink = std::function<void(const WatchEvent&)>;

/// Which lines of a container's log.
struct LogRequest {
  std::string space, pod, container;
  bool follow = false;      ///< keeps the stream open
  int tail = -1;            ///< so many of the newest lines; < 0 = all
  bool previous = false;    ///< of the instance before the last restart
  std::int64_t since = 0;   ///< of so many seconds up to now; 0 = all
  bool timestamps = false;  ///< each line begins with its time (RFC 3339) and a blank
};

/// The Kubernetes API: a seam. Every call throws Error(cluster_unavailable) when the server does not answer, and
/// Error(internal) with the server's words when it refuses.
class KubeApi {
 public:
  virtual ~KubeApi() = default;
  virtual Task<std::optional<Json>> get(std::string api_version, std::string kind, std::string space,
                                        std::string name) = 0;
  /// `space` empty = all namespaces; `labels` a label selector, may be empty.
  virtual Task<std::vector<Json>> list(std::string api_version, std::string kind, std::string space,
                                       std::string labels) = 0;
  /// Server-side apply as field manager "greenfield", forced. Returns the object as stored.
  virtual Task<Json> apply(Json object) = 0;
  /// Creates; nullopt when it exists already.
  virtual Task<std::optional<Json>> create(Json object) = 0;
  /// Merge patch; `subresource` may be empty or "status", "scale".
  virtual Task<Json> patch(std::string api_version, std::string kind, std::string space, std::string name,
                           std::string subresource, Json patch) = 0;
  virtual Task<> remove(std::string api_version, std::string kind, std::string space,
                        std::string name) = 0;  ///< absent is fine
  virtual Task<> remove_all(std::string api_version, std::string kind, std::string space, std::string labels) = 0;
  /// Lists, tells each object as ADDED, then SYNCED, then follows changes for ever: resumes by resourceVersion, lists
  /// again after 410 (objects that vanished meanwhile are told as DELETED), reconnects with backoff.
  /// Ends only by cancellation. `on_event` runs on the io thread.
  virtual Task<> watch(std::string api_version, std::string kind, std::string space, std::string labels,
                       WatchSink on_event) = 0;
  /// Throws Error(not_found) when there is no such pod or container.
  virtual Task<std::unique_ptr<http::ResponseStream>> logs(LogRequest wanted) = 0;
  /// Sends `request` to a port of a Service ("name:port") through the API server: what the Service answers, 503 when
  /// nobody stands behind it.
  virtual Task<http::Response> ask_service(std::string space, std::string service, http::Request request) = 0;
  /// Every kind that can be listed and created, each in one version: the one that its group prefers, if that has it.
  /// Groups whose own server does not answer are left out.
  virtual Task<std::vector<ResourceName>> kinds() = 0;
  /// 200 of /readyz.
  virtual Task<bool> ready() = 0;
};

std::unique_ptr<KubeApi> make_kube_api(Executor executor, Access access, Clock& clock);

}  // namespace gf::kube
