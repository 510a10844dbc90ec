#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/clock.hpp"
#include "forward/resolve.hpp"
#include "kube/kube_api.hpp"
#include "node/link.hpp"

namespace gf::forward {

/// A Service that is to be had on localhost.
struct ForwardSpec {
  std::string name;        ///< "redis", "shop/api"
  int preferred_port = 0;  ///< 0 = any
  std::string space;       ///< namespace of the Service
  std::string service;
  int service_port = 0;
  /// The app whose pods are dialled from within, at this port of their loopback address: a sidecar refuses what comes
  /// in plain text from outside. Empty = the Service is.
  std::string app = {};
};

/// The ways into the cluster.
struct Ways {
  std::function<Task<node::Link*>()> any_link;               ///< any connected one, waiting for the first: Links::any
  std::function<node::Link&(const std::string& node)> link;  ///< Links::at
  std::function<std::vector<const Json*>(const std::string& space, const std::string& app)> pods;
};

/// The way to one Service, whatever becomes of its pods, its address and the links meanwhile.
class Route {
 public:
  /// How long a new connection is held while nobody can take it.
  static constexpr auto hold = std::chrono::seconds(30);

  Route(Ways ways, kube::KubeApi& kube, Clock& clock, ForwardSpec spec);

  const ForwardSpec& spec() const { return spec_; }
  void set_spec(ForwardSpec spec);
  /// Why the latest try did not lead there; empty when it did.
  const std::string& trouble() const { return trouble_; }

  /// Connects, trying again while it fails. Throws Error(timed_out) after `hold`.
  Task<std::unique_ptr<http::Stream>> connect();

 private:
  Task<> keep_trying(std::unique_ptr<http::Stream>* stream);
  Task<std::unique_ptr<http::Stream>> try_once();
  Task<std::unique_ptr<http::Stream>> try_service();
  Task<std::unique_ptr<http::Stream>> try_pod();
  Task<Address> find_address();

  Ways ways_;
  kube::KubeApi& kube_;
  Clock& clock_;
  ForwardSpec spec_;
  std::optional<Address> address_;  ///< where the latest connection led; asked again after a failure
  std::string trouble_;
  std::size_t turn_ = 0;  ///< connections into pods so far: each goes to the next one
};

}  // namespace gf::forward
