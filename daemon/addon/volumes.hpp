#pragma once
#include <functional>
#include <string>
#include <vector>

#include "addon/addon_spec.hpp"
#include "container/engine.hpp"
#include "kube/kube_api.hpp"

namespace gf::addon {

/// A volume that a workload will ask for.
struct VolumeClaim {
  std::string space, name;
  Json spec;  ///< of the PersistentVolumeClaim
};

/// Pure: the claims that `objects` will make: those of StatefulSets' templates, one for each replica, and those that
/// stand by themselves. Claims that name a storage class of their own are left to it.
std::vector<VolumeClaim> claims_of(const std::vector<Json>& objects);

/// Pure: the node that a local volume lies on, "" when it is of another sort.
std::string node_of(const Json& volume);

/// Pure: a volume for `claim` in `path` on `node`, as the local-path provisioner would have made it; it also removes
/// it.
Json volume_for(const VolumeClaim& claim, const std::string& addon, const std::string& storage_class,
                const std::string& node, const std::string& path);

/// Pure: the node that holds the fewest of an addon's `volumes`, so that its members do not fall together; among equals
/// the one whose turn it is. `nodes` is not empty.
std::string node_for_next(const std::vector<std::string>& nodes, const std::vector<Json>& volumes, std::size_t turn);

/// Makes the volumes of addons before their pods ask for them. The local-path provisioner, which kind and k3d come
/// with, starts a pod for each one and looks at it once a second: three to four seconds of every first start.
class Volumes {
 public:
  Volumes(kube::KubeApi& kube, container::Engine& engine, Clock& clock, std::function<std::vector<std::string>()> nodes)
      : kube_(kube), engine_(engine), clock_(clock), nodes_(std::move(nodes)) {}

  /// Ensures a volume for each claim of `objects` that does not exist yet. Does nothing where volumes are made in
  /// another way than by the local-path provisioner, or where the nodes are out of reach.
  Task<> ensure(const AddonSpec& spec, const std::vector<Json>& objects);

  /// Until the cluster's controllers have taken the volume up: a scheduler that does not know it yet sends the pod to
  /// any node, and the claim is bound to the volume on another one.
  Task<> wait_known(std::string volume);

 private:
  Task<std::string> local_path_class();

  kube::KubeApi& kube_;
  container::Engine& engine_;
  Clock& clock_;
  std::function<std::vector<std::string>()> nodes_;
  std::size_t next_node_ = 0;
};

}  // namespace gf::addon
