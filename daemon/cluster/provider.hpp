#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/task.hpp"
#include "operation/context.hpp"
#include "protocol/project.hpp"

namespace gf::cluster {

enum class NodeRole { control_plane, worker };

/// A node as the outside shows it: discovered, never remembered.
struct Node {
  std::string name;  ///< also the name of its container
  NodeRole role = NodeRole::worker;
  bool running = false;
  std::string address;
  std::vector<std::string> checkouts = {};  ///< those of this machine that are mounted into it
};

enum class Presence {
  absent,
  broken,   ///< nodes are missing or half-made: must be removed and created again
  stopped,  ///< complete, at least one node does not run
  running,  ///< all nodes run (the API may still be starting)
};

struct Observation {
  Presence presence = Presence::absent;
  std::vector<Node> nodes;
  std::string reason;          ///< why broken
  bool network_policy = true;  ///< NetworkPolicy objects are enforced
};

/// The nodes that pods of ours are put on: the workers; every node where there are none, since then the control plane
/// takes them (kubeadm's taint is removed by the providers in that case only).
std::vector<std::string> workload_nodes(const Observation& seen);

/// Pure: the checkouts that all of these nodes have.
std::vector<std::string> mounted_checkouts(const Observation& seen);

/// A folder of this machine and its place in the nodes.
struct Mount {
  std::string folder, in_node;
};

struct CreateSpec {
  std::string name;
  std::string node_image;
  int workers = 2;
  int first_host_port = 0;  ///< on 127.0.0.1; mapped to NodePorts 30000 upwards, 0 = none
  int host_ports = 0;
  /// Mounted read-only into the nodes that take pods, where checkout_in_node() says.
  std::vector<std::string> checkouts = {};
  std::optional<Mount> link = {};  ///< mounted read-only into all nodes: whoever is let in may still connect there
  /// Called once when the control plane serves, while workers may still be joining: what is applied now is scheduled as
  /// they come.
  std::function<void()> on_control_plane = [] {};
};

/// One way to have a cluster. Every call is "ensure": repeating it changes nothing.
class Provider {
 public:
  virtual ~Provider() = default;
  virtual std::string_view name() const = 0;
  virtual Task<Observation> observe(std::string cluster) = 0;
  /// Creates all nodes; throws Error(cluster_failed) with the tool's own words. Leaves nothing behind on failure.
  virtual Task<> create(CreateSpec spec, operation::Context& context) = 0;
  /// Starts stopped nodes, the control plane first.
  virtual Task<> start(std::string cluster, operation::Context& context) = 0;
  virtual Task<> stop(std::string cluster, operation::Context& context) = 0;
  virtual Task<> remove(std::string cluster, operation::Context& context) = 0;
  /// A kubeconfig for this cluster, reachable from this machine.
  virtual Task<std::string> kubeconfig(std::string cluster) = 0;
};

}  // namespace gf::cluster
