#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "cluster/providers.hpp"
#include "core/clock.hpp"
#include "core/task_group.hpp"
#include "kube/current_api.hpp"
#include "operation/context.hpp"

namespace gf::cluster {

/// Owns the one cluster of this daemon: brings it to the wanted state and tells what it is. Io thread only.
class ClusterService {
 public:
  struct Collaborators {
    Executor executor;
    Clock& clock;
    container::Engine& engine;
    ProviderTable& providers;
    kube::CurrentKubeApi& api;
    Mount link;  ///< a folder of ours, made for the nodes and removed with them; they get it where it can be of use
  };
  /// `on_nodes` hears of the names of the running nodes each time they change.
  ClusterService(Collaborators with, std::string name, std::string provider,
                 std::function<void(std::vector<std::string>)> on_nodes);

  const std::string& name() const { return name_; }
  const Provider& provider() const { return *provider_; }

  /// Looks at the outside; connects the API when the cluster runs. Cheap enough for every status request.
  Task<Observation> observe();
  /// Ensures a running cluster: creates, re-creates a broken one, starts a stopped one, waits for its API and until all
  /// nodes are Ready. `node_image` is asked for only when nodes must be created, and `checkouts` are mounted into such
  /// only.
  /// Throws Error(cluster_failed).
  Task<> ensure_running(ClusterSpec spec, std::vector<std::string> checkouts,
                        std::function<Task<std::string>(operation::Context&)> node_image, operation::Context& context);
  Task<> stop(operation::Context& context);
  Task<> remove(operation::Context& context);
  Task<std::string> kubeconfig() { return provider_->kubeconfig(name_); }
  /// Whether nodes that show up now are here to stay: those of an earlier, broken creation are being removed first. The
  /// API is connected before the end, as soon as the control plane serves.
  bool creating() const { return creating_; }

 private:
  Task<bool> shares_kernel();
  bool ensure_link() const;
  void remove_link() const;
  Task<> connect();
  Task<> connect_early(bool* tuned);
  Task<> tune();
  Task<> wait_api(operation::Context& context);
  void disconnect();

  Collaborators with_;
  std::string name_;
  Provider* provider_;
  std::function<void(std::vector<std::string>)> on_nodes_;
  bool creating_ = false;
  std::string connected_to_;  ///< kubeconfig text behind the current API
};

}  // namespace gf::cluster
