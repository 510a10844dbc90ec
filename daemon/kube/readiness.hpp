#pragma once
#include <string>

#include "protocol/json.hpp"

namespace gf::kube {

/// Whether a workload has arrived at what its spec wants.
struct Readiness {
  bool ready = false;
  bool failed = false;      ///< will not become ready by waiting (a Job that gave up)
  int done = 0, total = 0;  ///< replicas
  std::string reason;       ///< why not, in words: "1 of 2 replicas ready"
};

/// Pure: Deployment, StatefulSet, DaemonSet, Job, Pod, Node, PersistentVolumeClaim, CustomResourceDefinition; other
/// kinds are ready when they exist. Rules as `kubectl rollout status` has them (observedGeneration, updated replicas).
Readiness assess(const Json& object);

/// What a pod suffers from, or "" when nothing: CrashLoopBackOff, ImagePullBackOff, OOMKilled, Unschedulable … with
/// container name and message.
std::string trouble(const Json& pod);

/// Pure: whether what the status says of the pod's containers is older than `since` ("2026-01-31T08:00:00Z"): a node
/// that was stopped and started again leaves the former "running" standing until its kubelet has looked.
bool is_stale(const Json& pod, const std::string& since);

/// Pure: whether the pod is its kubelet's turn: it is bound to a node, shall go on, and a container of it neither runs
/// nor waits for a reason that time alone mends (a crash, an image). Static pods do not count: they are files.
bool awaits_kubelet(const Json& pod);

}  // namespace gf::kube
