#include "addon/addon_service.hpp"

#include "core/when_all.hpp"
#include "kube/readiness.hpp"
#include "manifest/asleep.hpp"
#include "protocol/error.hpp"

namespace gf::addon {

namespace {

using operation::run_step;

constexpr int reserve_mib = 512;
constexpr auto start_limit = std::chrono::minutes(5);

Json to_json(const Wants& wants) {
  Json json = Json::object();
  for (const auto& [name, who] : wants) json[name] = who;
  return json;
}

Wants wants_from(const Json& json) {
  Wants wants;
  for (const auto& [name, who] : json.items()) wants[name] = who.get<std::map<std::string, std::string>>();
  return wants;
}

/// An addon that has left the catalogue cannot be wanted any more.
Wants read(const Catalogue& catalogue, const Json& json) {
  auto wants = wants_from(json);
  std::erase_if(wants, [&](const auto& entry) { return !catalogue.all().contains(entry.first); });
  resolve(catalogue, wants);  // throws for what nobody can have asked for
  return wants;
}

/// Each once.
std::set<std::string> images_of(const Catalogue& catalogue, const std::map<std::string, Chosen>& chosen) {
  std::set<std::string> names;
  for (const auto& [name, entry] : chosen)
    for (const auto& image : catalogue.at(name).images_of(entry.profile)) names.insert(image);
  return names;
}

}  // namespace

AddonService::AddonService(Collaborators with, Catalogue catalogue, state::Document wanted,
                           state::Document saved_secrets)
    : with_(std::move(with)),
      catalogue_(std::move(catalogue)),
      document_(std::move(wanted)),
      wants_(document_.load([this](const Json& json) { return read(catalogue_, json); })),
      commands_(with_.mirror, with_.engine),
      claims_(with_.kube, commands_),
      saved_(with_.executor, with_.kube, catalogue_, std::move(saved_secrets), with_.warn),
      installer_({with_.kube, with_.mirror, with_.images, with_.kustomize, with_.rollout, with_.clock, with_.nodes,
                  with_.wake},
                 commands_, saved_, with_.engine),
      started_(with_.executor) {}

std::vector<std::string> AddonService::warnings() const {
  return {document_.warning("the list of enabled addons", "`gf up` in each project"), saved_.warning()};
}

AddonStatus AddonService::status(const std::string& name) const {
  const auto& spec = catalogue_.at(name);
  const bool wanted = chosen().contains(name);
  AddonStatus status;
  status.state = "ready";
  for (const auto& workload : spec.ready) {
    const auto* object = with_.mirror.find(workload.kind, spec.space, workload.name);
    if (!object) return {wanted ? "starting" : "disabled", {}};
    if (const auto rest = manifest::asleep(*object)) return {"asleep", {}, rest->since};
    const auto seen = kube::assess(*object);
    if (seen.failed) return {"failed", seen.reason};
    if (!seen.ready) status = {"starting", seen.reason};
  }
  if (status.state == "ready") return status;
  for (const auto* pod : with_.mirror.all("Pod", spec.space, addon_label, name))
    if (manifest::is_hopeless(*pod)) return {"failed", kube::trouble(*pod)};
  return status;
}

std::string AddonService::stand_in(const std::string& name) const {
  const auto& spec = catalogue_.at(name);
  const auto* object = with_.mirror.find(spec.ready.front().kind, spec.space, spec.ready.front().name);
  if (!object) return {};
  const auto& container = object->at("spec").at("template").at("spec").at("containers").at(0);
  return container.value("image", "").starts_with(image::built_prefix) ? spec.stand_in : std::string();
}

std::map<std::string, Chosen> AddonService::absent(const std::map<std::string, Chosen>& of) const {
  auto missing = of;
  std::erase_if(missing, [&](const auto& entry) {
    const auto& spec = catalogue_.at(entry.first);
    return with_.mirror.find(spec.ready.front().kind, spec.space, spec.ready.front().name) != nullptr;
  });
  return missing;
}

void AddonService::change(Wants wants) {
  const auto next = resolve(catalogue_, wants);
  auto to_start = absent(next);
  int free = with_.free_mib();
  for (const auto& [name, entry] : chosen()) {
    const auto then = next.find(name);
    if (then == next.end() || then->second.profile == entry.profile || to_start.contains(name)) continue;
    to_start.insert(*then);  // what it takes now, it gives back first
    free += catalogue_.at(name).profiles.at(entry.profile).memory_mib;
  }
  admit(catalogue_, to_start, free, reserve_mib);
  document_.save(to_json(wants));
  wants_ = std::move(wants);
}

void AddonService::want(const std::string& who, const std::map<std::string, std::string>& addons) {
  auto wants = wants_;
  for (auto& [name, askers] : wants) askers.erase(who);
  std::erase_if(wants, [](const auto& entry) { return entry.second.empty(); });
  for (const auto& [name, profile] : addons) wants[name][who] = profile;
  change(std::move(wants));
}

void AddonService::want_also(const std::string& who, const std::string& name, const std::string& profile) {
  auto wants = wants_;
  wants[name][who] = profile;
  change(std::move(wants));
}

Task<> AddonService::check_images(std::map<std::string, std::string> addons) {
  Wants wants;
  for (const auto& [name, profile] : addons) wants[name]["check"] = profile;
  const auto names = images_of(catalogue_, resolve(catalogue_, wants));
  auto checking = with_.images.check({names.begin(), names.end()});
  co_await std::move(checking);
}

Task<std::vector<std::string>> AddonService::describe_change(std::string name, std::string profile) {
  const auto& spec = catalogue_.at(name);
  resolve(catalogue_, {{name, {{"user", profile}}}});  // throws for a profile that it does not come in
  auto reading = installer_.profile(spec);
  const auto from = co_await std::move(reading);
  co_return addon::describe_change(spec, from, profile);
}

void AddonService::drop(const std::string& name, const std::string& who, bool cascade) {
  change(without(catalogue_, wants_, name, who, cascade));
}

Task<std::vector<std::string>> AddonService::obtain_images(operation::Context& context) {
  std::vector<Task<std::string>> obtaining;
  for (const auto& name : images_of(catalogue_, chosen())) obtaining.push_back(with_.images.obtain(name, context));
  auto all = when_all(std::move(obtaining));
  co_return co_await std::move(all);
}

Task<> AddonService::start_after_required(std::string name, Chosen entry, operation::Context& context) {
  for (const auto& required : catalogue_.at(name).requires_)
    while (!running_.contains(required)) {
      auto waiting = started_.wait();
      co_await std::move(waiting);
    }
  const auto& spec = catalogue_.at(name);
  if (status(name).state != "asleep") {
    for (const auto& required : spec.requires_) {
      auto waking = with_.wake(required);
      co_await std::move(waking);
    }
  }
  std::function<Task<>(operation::Context&)> body = [&](operation::Context& step) {
    return installer_.start(spec, entry.profile, step);
  };
  std::optional<Error> failed;
  try {
    auto stepping = run_step(context, "start " + name + ' ' + spec.version, body);
    co_await std::move(stepping);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::deploy_failed) throw;
    failed = error;
  }
  if (failed) throw Error(ErrorCode::addon_failed, failed->message(), "gf addon status " + name, failed->cause());
  running_.insert(name);
  started_.notify_all();
}

Task<> AddonService::ensure(operation::Context& context) {
  running_.clear();
  const Ensuring ensuring(*this);
  const auto wanted = chosen();
  for (const auto& [name, spec] : catalogue_.all()) {
    if (wanted.contains(name) || status(name).state == "disabled") continue;
    std::function<Task<>(operation::Context&)> body = [this, &spec](operation::Context&) {
      return installer_.stop(spec);
    };
    auto stepping = run_step(context, "stop " + name, body);
    co_await std::move(stepping);
  }
  std::vector<Task<>> starting;
  for (const auto& [name, entry] : wanted) starting.push_back(start_after_required(name, entry, context));
  auto all = when_all(std::move(starting));
  co_await std::move(all);
}

Task<> AddonService::wait_ready(std::string name, operation::Context& context) {
  while (ensuring_ && !running_.contains(name)) {  // what is ready may be in a profile that is about to be left
    auto waiting = started_.wait();
    co_await std::move(waiting);
  }
  auto waking = with_.wake(name);
  co_await std::move(waking);
  const auto& spec = catalogue_.at(name);
  for (const auto& workload : spec.ready) {
    manifest::Applied applied{workload.kind, spec.space, workload.name, 0};
    auto waiting = with_.rollout.wait(std::move(applied), start_limit, context);
    co_await std::move(waiting);
  }
}

Task<> AddonService::purge(std::string name) {
  auto purging = installer_.purge(catalogue_.at(name));
  co_await std::move(purging);
  auto removing = with_.kube.remove_all("v1", "Secret", "", std::string(Claims::label) + '=' + name);
  co_await std::move(removing);
}

}  // namespace gf::addon
