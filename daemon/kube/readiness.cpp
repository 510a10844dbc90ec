#include "kube/readiness.hpp"

#include "kube/fields.hpp"

namespace gf::kube {

namespace {

const Json* condition(const Json& object, const std::string& type) {
  const auto& list = at(at(object, "status"), "conditions");
  for (const auto& item : list)
    if (text(item, "type") == type) return &item;
  return nullptr;
}

bool holds(const Json& object, const std::string& type) {
  const auto* found = condition(object, type);
  return found && text(*found, "status") == "True";
}

/// The controller has not seen the newest spec yet: whatever it reports is about an older one.
bool stale(const Json& object) {
  return number(at(object, "status"), "observedGeneration") < number(at(object, "metadata"), "generation");
}

Readiness waiting(int done, int total, std::string reason) { return {false, false, done, total, std::move(reason)}; }

Readiness count(int done, int total, const std::string& what) {
  if (done >= total) return {true, false, total, total, {}};
  return waiting(done, total, std::to_string(done) + " of " + std::to_string(total) + ' ' + what);
}

Readiness deployment(const Json& object) {
  const auto& status = at(object, "status");
  const int wanted = number(at(object, "spec"), "replicas", 1);
  const int ready = number(status, "availableReplicas");
  if (stale(object)) return waiting(0, wanted, "the change has not been taken up yet");
  if (const auto* progress = condition(object, "Progressing");
      progress && text(*progress, "reason") == "ProgressDeadlineExceeded")
    return {false, true, ready, wanted, text(*progress, "message")};
  if (number(status, "updatedReplicas") < wanted)
    return waiting(number(status, "updatedReplicas"), wanted, "new replicas are being created");
  if (const int old = number(status, "replicas") - number(status, "updatedReplicas"); old > 0)
    return waiting(ready, wanted, std::to_string(old) + " old replicas are still there");
  return count(ready, wanted, "replicas ready");
}

Readiness stateful_set(const Json& object) {
  const auto& status = at(object, "status");
  const int wanted = number(at(object, "spec"), "replicas", 1);
  if (stale(object)) return waiting(0, wanted, "the change has not been taken up yet");
  if (number(status, "readyReplicas") < wanted) return count(number(status, "readyReplicas"), wanted, "replicas ready");
  if (text(status, "updateRevision") != text(status, "currentRevision") && number(status, "updatedReplicas") < wanted)
    return waiting(number(status, "updatedReplicas"), wanted, "replicas are being replaced");
  return count(wanted, wanted, "replicas ready");
}

Readiness daemon_set(const Json& object) {
  const auto& status = at(object, "status");
  const int wanted = number(status, "desiredNumberScheduled");
  if (stale(object)) return waiting(0, wanted, "the change has not been taken up yet");
  if (number(status, "updatedNumberScheduled") < wanted)
    return waiting(number(status, "updatedNumberScheduled"), wanted, "nodes are being updated");
  return count(number(status, "numberAvailable"), wanted, "nodes ready");
}

Readiness job(const Json& object) {
  if (holds(object, "Complete")) return {true, false, 1, 1, {}};
  if (const auto* failed = condition(object, "Failed"); failed && text(*failed, "status") == "True")
    return {false, true, 0, 1, text(*failed, "message")};
  return waiting(0, 1, "the job is running");
}

Readiness pod(const Json& object) {
  if (text(at(object, "status"), "phase") == "Succeeded") return {true, false, 1, 1, {}};
  if (text(at(object, "status"), "phase") == "Failed") return {false, true, 0, 1, "the pod failed: " + trouble(object)};
  if (holds(object, "Ready")) return {true, false, 1, 1, {}};
  const auto why = trouble(object);
  return waiting(0, 1, why.empty() ? "the pod is starting" : why);
}

Readiness by_condition(const Json& object, const char* type, const char* reason) {
  return holds(object, type) ? Readiness{true, false, 1, 1, {}} : waiting(0, 1, reason);
}

/// What a waiting or ended container says, or "".
std::string container_trouble(const Json& status) {
  const auto name = text(status, "name");
  const auto& last = at(at(status, "lastState"), "terminated");
  if (const auto& state = at(at(status, "state"), "waiting"); !state.empty()) {
    const auto reason = text(state, "reason");
    if (reason == "ContainerCreating" || reason == "PodInitializing") return {};
    std::string words = "container " + name + ": " + reason;
    if (reason == "CrashLoopBackOff" && !last.empty()) {
      const auto ended = text(last, "reason");
      words += " (ended with exit code " + std::to_string(number(last, "exitCode")) +
               (ended.empty() || ended == "Error" ? "" : ", " + ended) + ")";
    } else if (const auto message = text(state, "message"); !message.empty()) {
      words += ": " + message;
    }
    return words;
  }
  if (const auto& state = at(at(status, "state"), "terminated"); !state.empty() && number(state, "exitCode") != 0)
    return "container " + name + ": " + (text(state, "reason").empty() ? "Error" : text(state, "reason")) +
           " (exit code " + std::to_string(number(state, "exitCode")) + ")";
  return {};
}

}  // namespace

Readiness assess(const Json& object) {
  const auto kind = text(object, "kind");
  if (kind == "Deployment") return deployment(object);
  if (kind == "StatefulSet") return stateful_set(object);
  if (kind == "DaemonSet") return daemon_set(object);
  if (kind == "Job") return job(object);
  if (kind == "Pod") return pod(object);
  if (kind == "Node") return by_condition(object, "Ready", "the node is not ready");
  if (kind == "CustomResourceDefinition")
    return by_condition(object, "Established", "the definition is not established");
  if (kind == "PersistentVolumeClaim")
    return text(at(object, "status"), "phase") == "Bound" ? Readiness{true, false, 1, 1, {}}
                                                          : waiting(0, 1, "the volume is not bound");
  return {true, false, 1, 1, {}};
}

std::string trouble(const Json& pod) {
  const auto& status = at(pod, "status");
  if (const auto* scheduled = condition(pod, "PodScheduled"); scheduled && text(*scheduled, "status") == "False")
    return text(*scheduled, "reason") + ": " + text(*scheduled, "message");
  for (const char* list : {"initContainerStatuses", "containerStatuses"})
    for (const auto& container : at(status, list))
      if (auto words = container_trouble(container); !words.empty()) return words;
  return {};
}

bool is_stale(const Json& pod, const std::string& since) {
  for (const auto& container : at(at(pod, "status"), "containerStatuses"))
    if (const auto began = text(at(at(container, "state"), "running"), "startedAt"); !began.empty() && began < since)
      return true;
  return false;
}

bool awaits_kubelet(const Json& pod) {
  const auto& metadata = at(pod, "metadata");
  const auto& status = at(pod, "status");
  const auto phase = text(status, "phase");
  if (text(at(pod, "spec"), "nodeName").empty() || metadata.contains("deletionTimestamp") || phase == "Succeeded" ||
      phase == "Failed" || at(metadata, "annotations").contains("kubernetes.io/config.mirror"))
    return false;
  const auto& containers = at(status, "containerStatuses");
  for (const auto& container : containers) {
    const auto& state = at(container, "state");
    if (state.contains("running")) continue;
    const auto reason = text(at(state, "waiting"), "reason");
    if (reason != "CrashLoopBackOff" && reason != "ImagePullBackOff" && reason != "ErrImagePull") return true;
  }
  return containers.empty();
}

}  // namespace gf::kube
