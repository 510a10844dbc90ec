#pragma once
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "kube/kube_api.hpp"
#include "kube/mirror.hpp"
#include "operation/context.hpp"

namespace gf::manifest {

/// A workload as the server stored it: what to wait for.
struct Applied {
  std::string kind, space, name;
  std::int64_t generation = 0;
};

/// Puts objects into the cluster and waits until they are what they should be.
class Rollout {
 public:
  Rollout(kube::KubeApi& kube, kube::Mirror& mirror, Clock& clock) : kube_(kube), mirror_(mirror), clock_(clock) {}

  /// Applies `objects` in the right order, definitions until the server serves them. Returns the workloads among them.
  /// One that sleeps goes on sleeping: only Sleeper wakes.
  Task<std::vector<Applied>> apply(std::vector<Json> objects);

  /// Waits until `workload` is rolled out, by watch. Progress in replicas. When a pod of it is in trouble that waiting
  /// does not cure (a crash loop, an image that is not there) or `limit` passes: throws Error(deploy_failed) whose
  /// cause is the pod's state and its last log lines.
  Task<> wait(Applied workload, Clock::duration limit, operation::Context& context);

  /// Waits until the server serves the kind of a CustomResourceDefinition.
  Task<> wait_served(Json definition);

 private:
  Task<> wait_ready(Applied workload, operation::Context& context, std::string* why_not);
  Task<std::string> explain(Applied workload, std::string reason);
  Task<> read_log(std::string space, std::string pod, std::string container, bool previous, std::string& said);
  std::vector<const Json*> pods_of(const Applied& workload) const;

  kube::KubeApi& kube_;
  kube::Mirror& mirror_;
  Clock& clock_;
};

/// Pure: whether waiting will not cure the pod's trouble: a crash loop of at least two restarts, an image that cannot
/// be had, a configuration that does not exist.
bool is_hopeless(const Json& pod);

}  // namespace gf::manifest
