#include <algorithm>

#include "addon/installer.hpp"
#include "manifest/transform.hpp"

// How an addon leaves a profile with its data.
namespace gf::addon {

namespace {

using operation::Context;
using operation::run_step;

bool same_object(const Json& one, const Json& other) {
  return one.value("kind", "") == other.value("kind", "") &&
         one.at("metadata").value("name", "") == other.at("metadata").value("name", "");
}

const Json* find_in(const std::vector<Json>& objects, const Json& like) {
  const auto found = std::ranges::find_if(objects, [&](const Json& object) { return same_object(object, like); });
  return found == objects.end() ? nullptr : &*found;
}

bool is_workload(Json object) { return manifest::pod_template(object) != nullptr; }

int replicas(const Json& object) { return object.at("spec").value("replicas", 1); }

/// The number at the end of the name of a StatefulSet's pod, -1 for pods of others.
int ordinal(const Json& pod, const std::string& stateful_set) {
  const auto name = pod.at("metadata").value("name", "");
  if (!name.starts_with(stateful_set + '-')) return -1;
  const auto rest = name.substr(stateful_set.size() + 1);
  if (rest.empty() || rest.size() > 4 || !std::ranges::all_of(rest, [](char c) { return c >= '0' && c <= '9'; }))
    return -1;
  return std::stoi(rest);
}

}  // namespace

/// Afterwards nothing of the old profile runs, and its first member's volume holds everything.
Task<> Installer::leave(const AddonSpec& spec, ProfileRecord from, std::vector<Json> next, Context& context) {
  auto rendering = render(spec, from.profile);
  const auto objects = co_await std::move(rendering);
  auto gathering = gather(spec, from, objects, context);
  co_await std::move(gathering);
  from.gathered = true;
  auto writing = records_.write(spec, from);
  co_await std::move(writing);
  // While the others leave, the first member leads: were all stopped at once, another could lead for a moment.
  auto shrinking = shrink(spec, objects, next);
  co_await std::move(shrinking);
  std::vector<Json> going;
  for (const auto& object : objects)
    if (is_workload(object) || !find_in(next, object)) going.push_back(object);
  auto removing = remove(std::move(going));
  co_await std::move(removing);
  auto waiting = wait_gone(spec, [](const Json&) { return true; });
  co_await std::move(waiting);
  // Who joins begins empty, whatever an earlier time in that profile has left.
  auto emptying = remove_volumes(claims_of(next), claims_of(objects));
  co_await std::move(emptying);
}

Task<> Installer::gather(const AddonSpec& spec, ProfileRecord from, std::vector<Json> objects, Context& context) {
  const auto& command = spec.profiles.at(from.profile).gather;
  if (!command) co_return;
  const bool runs = with_.mirror.find(command->workload.kind, spec.space, command->workload.name) != nullptr;
  if (!runs && from.gathered) co_return;
  std::function<Task<>(Context&)> body = [&](Context& step) -> Task<> {
    if (!runs) {  // it was disabled: which member is ahead can only be told while all of them run
      auto providing = provide_images(spec, from.profile, step);
      auto images = co_await std::move(providing);
      auto putting = put(spec, objects, std::move(images), step);
      co_await std::move(putting);
    }
    auto running = commands_.run(spec.space, *command, {}, "cannot gather the data of " + spec.name + " on one member");
    co_await std::move(running);
  };
  auto stepping = run_step(context, "gather " + spec.name + " on one member", body);
  co_await std::move(stepping);
}

Task<> Installer::shrink(const AddonSpec& spec, std::vector<Json> objects, std::vector<Json> next) {
  for (const auto& object : objects) {
    const auto name = object.at("metadata").value("name", "");
    const auto* then = find_in(next, object);
    if (object.value("kind", "") != "StatefulSet" || !then || replicas(*then) >= replicas(object)) continue;
    if (!with_.mirror.find("StatefulSet", spec.space, name)) continue;
    const int left = replicas(*then);
    Json scale;
    scale["spec"]["replicas"] = left;
    auto scaling = with_.kube.patch("apps/v1", "StatefulSet", spec.space, name, "scale", std::move(scale));
    co_await std::move(scaling);
    auto waiting = wait_gone(spec, [name, left](const Json& pod) { return ordinal(pod, name) >= left; });
    co_await std::move(waiting);
  }
}

}  // namespace gf::addon
