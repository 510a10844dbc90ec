#include "addon/installer.hpp"

#include <algorithm>

#include "core/digest.hpp"
#include "kube/base64.hpp"
#include "manifest/transform.hpp"

namespace gf::addon {

namespace {

using operation::Context;

constexpr auto start_limit = std::chrono::minutes(5);
constexpr const char* definition = "CustomResourceDefinition";

}  // namespace

Installer::Installer(Collaborators with, PodCommands& commands, SavedSecrets& saved, container::Engine& engine)
    : with_(std::move(with)),
      commands_(commands),
      saved_(saved),
      volumes_(with_.kube, engine, with_.clock, with_.nodes),
      records_(with_.kube) {}

Task<Installer::References> Installer::provide_images(const AddonSpec& spec, std::string profile, Context& context) {
  References images;
  std::vector<std::string> references;
  for (const auto& image : spec.images_of(profile)) {
    auto obtaining = with_.images.obtain(image, context);
    references.push_back(co_await std::move(obtaining));
    images["greenfield/" + image] = references.back();
  }
  auto loading = with_.images.load(references, with_.nodes(), context);
  co_await std::move(loading);
  co_return images;
}

Task<std::vector<Json>> Installer::render(const AddonSpec& spec, std::string profile) {
  auto rendering = with_.kustomize.render(spec.profiles.at(profile).path, spec.folder.parent_path());
  auto objects = co_await std::move(rendering);
  std::map<std::string, std::string> labels;
  labels["app.kubernetes.io/managed-by"] = "greenfield";
  labels[addon_label] = spec.name;
  for (auto& object : objects) {
    manifest::set_namespace(object, spec.space);
    if (object.value("kind", "") != "Namespace") manifest::add_labels(object, labels);
  }
  co_return objects;
}

Task<> Installer::make_secrets(const AddonSpec& spec) {
  for (const auto& secret : spec.secrets) {
    Json object;
    object["apiVersion"] = "v1";
    object["kind"] = "Secret";
    object["metadata"]["name"] = secret.name;
    object["metadata"]["namespace"] = spec.space;
    object["metadata"]["labels"]["app.kubernetes.io/managed-by"] = "greenfield";
    for (const auto& [key, length] : secret.keys)
      object["data"][key] = kube::base64_encode(random_alnum(static_cast<std::size_t>(length)));
    auto creating = with_.kube.create(std::move(object));  // existing passwords stay
    co_await std::move(creating);
  }
}

Task<> Installer::put(const AddonSpec& spec, std::vector<Json> objects, References images, Context& context) {
  auto volumes = volumes_.ensure(spec, objects);
  co_await std::move(volumes);
  for (auto& object : objects) manifest::set_images(object, images);
  auto applying = with_.rollout.apply(std::move(objects));
  const auto workloads = co_await std::move(applying);
  for (const auto& workload : workloads) {
    auto waiting = with_.rollout.wait(workload, start_limit, context);
    co_await std::move(waiting);
  }
}

Task<> Installer::start(const AddonSpec& spec, std::string profile, Context& context) {
  auto providing = provide_images(spec, profile, context);
  const auto images = co_await std::move(providing);
  auto rendering = render(spec, profile);
  const auto objects = co_await std::move(rendering);
  Json space;
  space["apiVersion"] = "v1";
  space["kind"] = "Namespace";
  space["metadata"]["name"] = spec.space;
  auto ensuring = with_.kube.create(std::move(space));
  co_await std::move(ensuring);
  auto making = make_secrets(spec);
  co_await std::move(making);
  auto returning = saved_.put_back(spec);
  co_await std::move(returning);

  auto reading = records_.read(spec);
  auto record = co_await std::move(reading);
  const ProfileRecord settled{profile, {}, false};
  if (record != settled) {  // what is to be done to it needs its pods
    auto waking = with_.wake(spec.name);
    co_await std::move(waking);
  }
  if (record.profile != profile) {
    if (!record.profile.empty()) {
      auto leaving = leave(spec, record, objects, context);
      co_await std::move(leaving);
    }
    record = {profile, record.profile.empty() ? profile : record.profile, false};
    auto writing = records_.write(spec, record);
    co_await std::move(writing);
  }
  auto putting = put(spec, objects, images, context);
  co_await std::move(putting);
  if (record == settled) co_return;

  if (const auto& spread = spec.profiles.at(profile).spread) {
    auto running = commands_.run(spec.space, *spread, {}, "cannot give the members of " + spec.name + " their share");
    co_await std::move(running);
  }
  if (record.previous != profile && !record.previous.empty()) {
    auto former = render(spec, record.previous);
    const auto left = co_await std::move(former);
    auto removing = remove_volumes(claims_of(left), claims_of(objects));
    co_await std::move(removing);
  }
  auto writing = records_.write(spec, settled);
  co_await std::move(writing);
}

Task<> Installer::stop(const AddonSpec& spec) {
  auto reading = records_.read(spec);
  const auto record = co_await std::move(reading);
  for (const auto& profile : profiles_present(spec, record)) {
    auto rendering = render(spec, profile);
    auto objects = co_await std::move(rendering);
    auto removing = remove(std::move(objects));
    co_await std::move(removing);
  }
  auto waiting = wait_gone(spec, [](const Json&) { return true; });
  co_await std::move(waiting);
}

Task<> Installer::purge(const AddonSpec& spec) {
  for (const auto& volume : spec.volumes) {
    auto removing = with_.kube.remove("v1", "PersistentVolumeClaim", spec.space, volume);
    co_await std::move(removing);
  }
  for (const auto& secret : spec.secrets) {
    auto removing = with_.kube.remove("v1", "Secret", spec.space, secret.name);
    co_await std::move(removing);
  }
  auto rendering = render(spec, spec.profiles.begin()->first);  // a profile adds no objects: all have the same kinds
  const auto objects = co_await std::move(rendering);
  for (const auto& object : objects) {
    if (object.value("kind", "") != definition) continue;
    auto removing =
        remove_wholly(object.value("apiVersion", ""), definition, "", object.at("metadata").value("name", ""));
    co_await std::move(removing);
  }
  auto removing = saved_.remove(spec);
  co_await std::move(removing);
  auto forgetting = records_.remove(spec);
  co_await std::move(forgetting);
}

Task<std::string> Installer::profile(const AddonSpec& spec) {
  auto reading = records_.read(spec);
  co_return (co_await std::move(reading)).profile;
}

Task<> Installer::remove(std::vector<Json> objects) {
  for (auto object = objects.rbegin(); object != objects.rend(); ++object) {
    const auto kind = object->value("kind", "");
    // Shared, respectively the user's data: a definition takes all objects of its kind along.
    if (kind == "Namespace" || kind == "PersistentVolumeClaim" || kind == definition) continue;
    const auto& metadata = object->at("metadata");
    auto removing = with_.kube.remove(object->value("apiVersion", ""), kind, metadata.value("namespace", ""),
                                      metadata.value("name", ""));
    co_await std::move(removing);
  }
}

Task<> Installer::remove_volumes(std::vector<VolumeClaim> of, std::vector<VolumeClaim> but) {
  for (const auto& claim : of) {
    if (std::ranges::any_of(but, [&](const auto& kept) { return kept.name == claim.name; })) continue;
    auto removing = remove_wholly("v1", "PersistentVolumeClaim", claim.space, claim.name);
    co_await std::move(removing);
  }
}

/// Who finds it while it goes would wait for it for ever (a pod for its volume). The mirror does not hold such objects:
/// asked again until it is gone.
Task<> Installer::remove_wholly(std::string api_version, std::string kind, std::string space, std::string name) {
  auto removing = with_.kube.remove(api_version, kind, space, name);
  co_await std::move(removing);
  for (;;) {
    auto getting = with_.kube.get(api_version, kind, space, name);
    if (!co_await std::move(getting)) co_return;
    auto sleeping = with_.clock.sleep_for(std::chrono::milliseconds(200));
    co_await std::move(sleeping);
  }
}

Task<> Installer::wait_gone(const AddonSpec& spec, std::function<bool(const Json& pod)> which) {
  for (;;) {
    const auto pods = with_.mirror.all("Pod", spec.space, addon_label, spec.name);
    if (std::ranges::none_of(pods, [&](const auto* pod) { return which(*pod); })) co_return;
    auto waiting = with_.mirror.changed().wait();
    co_await std::move(waiting);
  }
}

}  // namespace gf::addon
