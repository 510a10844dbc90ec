#include "manifest/rollout.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <map>
#include <utility>

#include "core/when_all.hpp"
#include "core/with_timeout.hpp"
#include "kube/readiness.hpp"
#include "manifest/asleep.hpp"
#include "manifest/transform.hpp"
#include "protocol/error.hpp"

namespace gf::manifest {

namespace {

constexpr int log_lines = 20;
constexpr auto log_limit = std::chrono::seconds(3);  // a node that is gone does not answer at all
constexpr auto definition_limit = std::chrono::seconds(30);
constexpr auto definition_pause = std::chrono::milliseconds(50);

bool is_workload(const std::string& kind) {
  return kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet" || kind == "Job";
}

bool newer(const Json* a, const Json* b) {
  return a->at("metadata").value("creationTimestamp", "") > b->at("metadata").value("creationTimestamp", "");
}

}  // namespace

bool is_hopeless(const Json& pod) {
  const auto words = kube::trouble(pod);
  // The kubelet could not read a Secret or ConfigMap in time, and tries again by itself.
  if (words.find("cache: timed out") != std::string::npos) return false;
  for (const char* reason : {"ErrImageNeverPull", "InvalidImageName", "CreateContainerConfigError", "ImagePullBackOff"})
    if (words.find(reason) != std::string::npos) return true;
  if (words.find("CrashLoopBackOff") == std::string::npos) return false;
  if (!pod.contains("status")) return false;
  for (const char* list : {"initContainerStatuses", "containerStatuses"})
    for (const auto& container : pod["status"].value(list, Json::array()))
      if (container.value("restartCount", 0) >= 2) return true;
  return false;
}

/// No event tells when the server has taken a definition up: asked again and again, for the moment that it takes.
Task<> Rollout::wait_served(Json definition) {
  const auto& spec = definition.at("spec");
  const auto kind = spec.at("names").value("kind", "");
  const auto& versions = spec.at("versions");
  const auto served = std::ranges::find_if(versions, [](const Json& one) { return one.value("served", false); });
  if (served == versions.end()) co_return;
  const auto version = spec.value("group", "") + '/' + served->value("name", "");
  const auto until = clock_.now() + definition_limit;
  for (;;) {
    try {
      auto listing = kube_.list(version, kind, "", "");
      co_await std::move(listing);
      co_return;
    } catch (const Error& error) {
      // Not known yet. While its store is being made the server calls itself busy, which `kube_` waits out.
      const bool comes = error.code() == ErrorCode::not_found || error.code() == ErrorCode::cluster_unavailable;
      if (!comes || clock_.now() > until) throw;
    }
    auto sleeping = clock_.sleep_for(definition_pause);
    co_await std::move(sleeping);
  }
}

Task<std::vector<Applied>> Rollout::apply(std::vector<Json> objects) {
  sort_for_apply(objects);
  std::vector<Applied> workloads;
  std::vector<Json> definitions;
  for (auto& object : objects) {
    if (object.value("kind", "") == "CustomResourceDefinition") {
      definitions.push_back(object);
    } else {
      for (auto& definition : std::exchange(definitions, {})) {
        auto waiting = wait_served(std::move(definition));
        co_await std::move(waiting);
      }
    }
    mark_template(object);
    if (const auto kind = object.value("kind", ""); kind == "Deployment" || kind == "StatefulSet")
      leave_asleep(object, mirror_.find(kind, object.at("metadata").value("namespace", ""),
                                        object.at("metadata").value("name", "")));
    auto applying = kube_.apply(std::move(object));
    const auto stored = co_await std::move(applying);
    const auto& metadata = stored.at("metadata");
    if (is_workload(stored.value("kind", "")))
      workloads.push_back({stored.value("kind", ""), metadata.value("namespace", ""), metadata.value("name", ""),
                           metadata.value("generation", std::int64_t{0})});
  }
  co_return workloads;
}

std::vector<const Json*> Rollout::pods_of(const Applied& workload) const {
  const auto* object = mirror_.find(workload.kind, workload.space, workload.name);
  std::vector<const Json*> pods;
  if (!object) return pods;
  const auto selector = object->at("spec").value("selector", Json::object()).value("matchLabels", Json::object());
  for (const auto* pod : mirror_.all("Pod", workload.space)) {
    const bool selected = std::ranges::all_of(selector.items(), [&](const auto& label) {
      return kube::has_label(*pod, label.key(), label.value().template get<std::string>());
    });
    if (selected && is_current(*object, *pod) && !pod->at("metadata").contains("deletionTimestamp"))
      pods.push_back(pod);
  }
  std::ranges::sort(pods, newer);
  return pods;
}

Task<> Rollout::wait_ready(Applied workload, operation::Context& context, std::string* why_not) {
  for (;;) {
    const auto* object = mirror_.find(workload.kind, workload.space, workload.name);
    if (object && object->at("metadata").value("generation", std::int64_t{0}) >= workload.generation) {
      const auto seen = kube::assess(*object);
      context.progress(static_cast<std::uint64_t>(seen.done), static_cast<std::uint64_t>(seen.total), "replicas");
      const auto pods = pods_of(workload);
      // After a restart of the nodes the workload's own status tells the past until the controllers are back: the pods
      // are asked too.
      const auto ready = std::ranges::count_if(pods, [](const auto* pod) { return kube::assess(*pod).ready; });
      if (seen.ready && (workload.kind == "Job" || ready >= seen.total)) co_return;
      *why_not = seen.ready ? std::to_string(ready) + " of " + std::to_string(seen.total) + " pods ready" : seen.reason;
      const bool stuck = !pods.empty() && is_hopeless(*pods.front());
      if (seen.failed || stuck)
        throw Error(ErrorCode::deploy_failed,
                    "cannot start " + workload.name + ": " + (stuck ? kube::trouble(*pods.front()) : seen.reason));
    }
    auto waiting = mirror_.changed().wait();
    co_await std::move(waiting);
  }
}

Task<std::string> Rollout::explain(Applied workload, std::string reason) {
  const auto pods = pods_of(workload);
  if (pods.empty()) co_return reason;
  const Json pod = *pods.front();
  const auto name = pod.at("metadata").value("name", "");
  const auto words = kube::trouble(pod);
  reason = name + ": " + (words.empty() ? reason : words);
  for (const auto& status : pod.value("status", Json::object()).value("containerStatuses", Json::array())) {
    if (status.value("ready", false)) continue;
    // The instance before the last restart said why it ended; a container that never restarted has only this one.
    const bool previous = status.value("restartCount", 0) > 0 && !status["state"].contains("running");
    std::string said;
    try {
      auto reading = read_log(workload.space, name, status.value("name", ""), previous, said);
      auto limited = with_timeout(clock_, log_limit, "cannot read the log in time", std::move(reading));
      co_await std::move(limited);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::cancelled) throw;
      said += "\n  (no log)";  // a container that never began has none
    } catch (const boost::system::system_error& error) {
      if (error.code() == net::error::operation_aborted) throw;
      said += "\n  (no log)";
    }
    reason += said;
  }
  co_return reason;
}

Task<> Rollout::read_log(std::string space, std::string pod, std::string container, bool previous, std::string& said) {
  kube::LogRequest wanted{std::move(space), std::move(pod), std::move(container)};
  wanted.tail = log_lines;
  wanted.previous = previous;
  auto opening = kube_.logs(std::move(wanted));
  const auto stream = co_await std::move(opening);
  for (;;) {
    auto reading = stream->read_line();
    const auto line = co_await std::move(reading);
    if (!line) co_return;
    said += "\n  " + *line;
  }
}

Task<> Rollout::wait(Applied workload, Clock::duration limit, operation::Context& context) {
  std::string why_not = "it was not heard of";
  std::string message = "cannot start " + workload.name + " in time";
  std::optional<Error> failed;
  try {
    auto waiting = wait_ready(workload, context, &why_not);
    auto limited = with_timeout(clock_, limit, message, std::move(waiting));
    co_await std::move(limited);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled || error.code() == ErrorCode::cluster_unavailable) throw;
    failed = error;
  }
  if (!failed) co_return;
  auto explaining = explain(workload, why_not);
  auto cause = co_await std::move(explaining);
  throw Error(ErrorCode::deploy_failed, failed->message(), "gf logs; gf status", std::move(cause));
}

}  // namespace gf::manifest
