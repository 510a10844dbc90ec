#include "addon/diagnosis.hpp"

#include <algorithm>

#include "kube/fields.hpp"
#include "kube/mirror.hpp"
#include "kube/readiness.hpp"

namespace gf::addon {

namespace {

using kube::at;
using kube::name_of;
using kube::number;
using kube::text;

constexpr std::size_t shown_events = 4;

bool holds(const std::string& words, std::initializer_list<const char*> parts) {
  return std::ranges::any_of(parts, [&](const char* part) { return words.find(part) != std::string::npos; });
}

bool belongs(const Json& pod, const Json& workload) {
  const auto& labels = at(at(at(workload, "spec"), "selector"), "matchLabels");
  return std::ranges::all_of(labels.items(), [&](const auto& label) {
    return kube::has_label(pod, label.key(), label.value().template get<std::string>());
  });
}

const Json* status_of(const Json& pod, const std::string& container) {
  for (const char* list : {"initContainerStatuses", "containerStatuses"})
    for (const auto& status : at(at(pod, "status"), list))
      if (text(status, "name") == container) return &status;
  return nullptr;
}

const Json& container_of(const Json& pod, const std::string& name) {
  for (const char* list : {"initContainers", "containers"})
    for (const auto& container : at(at(pod, "spec"), list))
      if (text(container, "name") == name) return container;
  static const Json nothing = Json::object();
  return nothing;
}

/// The first container that has not done its part.
std::string held_up(const Json& pod) {
  for (const auto& status : at(at(pod, "status"), "initContainerStatuses"))
    if (number(at(at(status, "state"), "terminated"), "exitCode") != 0 || at(at(status, "state"), "terminated").empty())
      return text(status, "name");
  for (const auto& status : at(at(pod, "status"), "containerStatuses"))
    if (!status.value("ready", false)) return text(status, "name");
  return {};
}

std::string ended(const Json& status, const Json& container) {
  const auto& now = at(at(status, "state"), "terminated");
  const auto& last = now.empty() ? at(at(status, "lastState"), "terminated") : now;
  const int times = std::max(1, number(status, "restartCount"));
  if (text(last, "reason") == "OOMKilled")
    return "its memory is too small: it was killed " + (times == 1 ? "once" : std::to_string(times) + " times") +
           " at its limit of " + text(at(at(container, "resources"), "limits"), "memory");
  const auto why = text(last, "reason");
  return (times == 1 ? "it ended" : "it ends again and again: " + std::to_string(times) + " times, the last time") +
         std::string(" with exit code ") + std::to_string(number(last, "exitCode")) +
         (why.empty() || why == "Error" ? "" : ", " + why);
}

std::string asks_for(const Json& pod) {
  std::string all;
  for (const auto& container : at(at(pod, "spec"), "containers"))
    for (const char* what : {"memory", "cpu"})
      if (const auto wanted = text(at(at(container, "resources"), "requests"), what); !wanted.empty())
        all += (all.empty() ? "" : ", ") + wanted + ' ' + what;
  return all.empty() ? all : "; it asks for " + all;
}

/// The newest warning about one of `objects`: what the cluster says of its own accord.
std::string warning_of(const Evidence& seen, const std::vector<std::string>& objects) {
  std::string newest, words;
  for (const auto& event : seen.events) {
    const auto when = std::max(text(event, "lastTimestamp"), text(event, "eventTime"));
    if (text(event, "type") != "Warning" || when < newest) continue;
    if (std::ranges::find(objects, text(at(event, "involvedObject"), "name")) == objects.end()) continue;
    newest = when;
    words = text(event, "message");
  }
  return words;
}

std::vector<std::string> volume_claims_of(const Json& pod) {
  std::vector<std::string> names;
  for (const auto& volume : at(at(pod, "spec"), "volumes"))
    if (const auto claim = text(at(volume, "persistentVolumeClaim"), "claimName"); !claim.empty())
      names.push_back(claim);
  return names;
}

std::vector<std::string> events_about(const Evidence& seen, const std::vector<std::string>& objects) {
  std::vector<std::pair<std::string, std::string>> found;
  for (const auto& event : seen.events) {
    const auto& about = at(event, "involvedObject");
    if (std::ranges::find(objects, text(about, "name")) == objects.end()) continue;
    const auto when = std::max(text(event, "lastTimestamp"), text(event, "eventTime"));
    const int times = std::max(number(event, "count"), number(at(event, "series"), "count"));
    auto line = (when.size() < 19 ? when : when.substr(11, 8)) + ' ' + text(event, "reason") +
                (times > 1 ? " (" + std::to_string(times) + " times)" : "") + ' ' + text(about, "name") + ": " +
                text(event, "message");
    std::ranges::replace(line, '\n', ' ');
    found.emplace_back(when, std::move(line));
  }
  std::ranges::stable_sort(found, {}, &std::pair<std::string, std::string>::first);
  std::vector<std::string> lines;
  for (auto& [when, line] : found) lines.push_back(std::move(line));
  if (lines.size() > shown_events) lines.erase(lines.begin(), lines.end() - shown_events);
  return lines;
}

struct Finding {
  std::string reason, next;
};

const char* const wait_and_see = "wait a moment, then look again";

Finding unschedulable(const Json& pod, const Evidence& seen, const std::string& message) {
  for (const auto& name : volume_claims_of(pod))
    for (const auto& claim : seen.volume_claims) {
      if (name_of(claim) != name || text(at(claim, "status"), "phase") == "Bound") continue;
      const auto why = warning_of(seen, {name});
      return {"its volume " + name + " is not there yet" + (why.empty() ? "" : ": " + why),
              "gf doctor looks at the disk; kubectl -n local-path-storage logs deploy/local-path-provisioner"};
    }
  const bool scarce = holds(message, {"Insufficient"});
  return {"no node takes it: " + message + (scarce ? asks_for(pod) : ""),
          scarce ? "turn off what is not needed: gf addon list, gf addon disable NAME"
                 : "gf status tells whether all nodes run; gf up brings them back"};
}

Finding waiting(const AddonSpec& spec, const Json& pod, const std::string& container, const Evidence& seen) {
  const auto& status = *status_of(pod, container);
  const auto& state = at(at(status, "state"), "waiting");
  const auto reason = text(state, "reason");
  if (holds(reason, {"Image"}))  // ErrImageNeverPull, ErrImagePull, ImagePullBackOff, InvalidImageName
    return {"the image " + text(container_of(pod, container), "image") + " is not in the node " +
                text(at(pod, "spec"), "nodeName") + " (" + reason + ")",
            "gf up puts it there"};
  if (holds(reason, {"CreateContainer", "RunContainerError"}))
    return {"it cannot be made: " + text(state, "message"), "gf up makes what it lacks"};
  if (reason == "CrashLoopBackOff") return {ended(status, container_of(pod, container)), {}};
  auto why = warning_of(seen, {name_of(pod)});
  if (why.empty()) return {"it is being made", wait_and_see};
  return {"it cannot be made yet: " + why, "gf doctor; gf addon disable " + spec.name + ", then enable it again"};
}

Finding find(const AddonSpec& spec, const Suspect& suspect, const Json* pod, const Evidence& seen) {
  if (!pod) {
    const auto why = warning_of(seen, {suspect.workload.substr(suspect.workload.find(' ') + 1)});
    return {why.empty() ? "it has no pod yet" : "its pod cannot be made: " + why,
            why.empty() ? wait_and_see : "gf status tells whether all nodes run; gf up"};
  }
  const auto& status = at(*pod, "status");
  if (at(*pod, "metadata").contains("deletionTimestamp")) return {"its pod is being ended", wait_and_see};
  for (const auto& condition : at(status, "conditions"))
    if (text(condition, "type") == "PodScheduled" && text(condition, "status") == "False")
      return unschedulable(*pod, seen, text(condition, "message"));
  if (suspect.container.empty())
    return status.contains("containerStatuses")
               ? Finding{"its node " + text(at(*pod, "spec"), "nodeName") + " does not answer",
                         "gf status tells whether all nodes run; gf up brings them back"}
               : Finding{"its pod is being made", wait_and_see};
  const auto& container = *status_of(*pod, suspect.container);
  if (!at(at(container, "state"), "waiting").empty()) return waiting(spec, *pod, suspect.container, seen);
  if (!at(at(container, "state"), "terminated").empty())
    return {ended(container, container_of(*pod, suspect.container)), {}};
  const auto why = warning_of(seen, {name_of(*pod)});
  return {"it runs, and does not say that it is ready" + (why.empty() ? "" : ": " + why), wait_and_see};
}

}  // namespace

std::optional<Suspect> find_suspect(const AddonSpec& spec, const Evidence& seen) {
  for (const auto& wanted : spec.ready) {
    Suspect suspect{wanted.kind + ' ' + wanted.name, {}, {}};
    const auto workload = std::ranges::find_if(seen.workloads, [&](const Json& one) {
      return text(one, "kind") == wanted.kind && name_of(one) == wanted.name;
    });
    if (workload == seen.workloads.end()) return suspect;
    if (kube::assess(*workload).ready) continue;
    const Json* worst = nullptr;
    for (const auto& pod : seen.pods) {
      if (!belongs(pod, *workload) || kube::assess(pod).ready) continue;
      if (!worst || (kube::trouble(*worst).empty() && !kube::trouble(pod).empty())) worst = &pod;
    }
    if (!worst) return suspect;
    suspect.pod = name_of(*worst);
    suspect.container = held_up(*worst);
    if (const auto* status = status_of(*worst, suspect.container))
      suspect.previous = number(*status, "restartCount") > 0 && !at(*status, "state").contains("running");
    return suspect;
  }
  return std::nullopt;
}

Diagnosis diagnose(const AddonSpec& spec, const Suspect& suspect, const Evidence& seen) {
  Diagnosis told;
  told.object = suspect.workload + (suspect.pod.empty() ? "" : " > pod " + suspect.pod) +
                (suspect.container.empty() ? "" : " > container " + suspect.container);
  told.log = seen.log;
  const auto name = suspect.workload.substr(suspect.workload.find(' ') + 1);
  std::vector<std::string> objects{name};
  const bool exists = std::ranges::find(seen.workloads, name, name_of) != seen.workloads.end();
  const auto pod = std::ranges::find(seen.pods, suspect.pod, name_of);
  if (pod != seen.pods.end()) {
    objects.push_back(suspect.pod);
    for (auto& claim : volume_claims_of(*pod)) objects.push_back(std::move(claim));
  }
  auto finding = exists ? find(spec, suspect, pod == seen.pods.end() ? nullptr : &*pod, seen)
                        : Finding{"it is not in the cluster", "gf operation list tells what goes on; gf up"};
  const bool full =
      std::ranges::any_of(seen.log, [](const auto& line) { return holds(line, {"No space left on device"}); });
  if (full)
    finding = {"there is no room left on its disk; " + finding.reason, "gf doctor tells how much room there is"};
  const bool small = finding.reason.starts_with("its memory is too small");
  if (finding.next.empty() && small && spec.profiles.contains("full"))
    finding.next = "gf addon enable " + spec.name + " --profile full";
  if (finding.next.empty())
    finding.next = (small ? "a smaller load; `gf addon disable " : "what it says itself; `gf addon disable ") +
                   spec.name + " --purge`, then enable it: anew, without its data";
  told.reason = std::move(finding.reason);
  told.next = std::move(finding.next);
  told.events = events_about(seen, objects);
  return told;
}

}  // namespace gf::addon
