#include "api/status.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "deploy/local_registry.hpp"
#include "kube/readiness.hpp"

namespace gf::api {

namespace {

constexpr const char* waiting = "waiting";  ///< wanted, and there is no cluster that could run it

std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

const char* cluster_state(const Services& services) {
  switch (services.environment.cluster_seen().presence) {
    case cluster::Presence::absent:
      return "absent";
    case cluster::Presence::broken:
      return "broken";
    case cluster::Presence::stopped:
      return "stopped";
    case cluster::Presence::running:
      return services.mirror.synced() ? "running" : "starting";
  }
  return "absent";
}

Json registry_json(const image::Registry& registry) {
  Json json;
  json["host"] = registry.host;
  json["host_in_nodes"] = registry.host_in_nodes;
  json["reason"] = "";
  return json;
}

Json cluster_json(const Services& services) {
  const auto& seen = services.environment.cluster_seen();
  Json cluster;
  cluster["name"] = services.cluster.name();
  cluster["provider"] = services.cluster.provider().name();
  cluster["state"] = cluster_state(services);
  cluster["reason"] = seen.reason;
  cluster["network_policy"] = seen.network_policy;
  cluster["nodes"] = Json::array();
  for (const auto& node : seen.nodes) {
    Json one;
    one["name"] = node.name;
    one["role"] = node.role == cluster::NodeRole::control_plane ? "control-plane" : "worker";
    one["state"] = node.running ? "running" : "stopped";
    one["address"] = node.address;
    cluster["nodes"].push_back(std::move(one));
  }
  const auto wiring = deploy::wiring_in(services.mirror);
  if (wiring.registry) cluster["registry"] = registry_json(*wiring.registry);
  if (wiring.refused) cluster["registry"]["reason"] = wiring.refused->message();
  return cluster;
}

Json pod_json(const deploy::ReplicaStatus& replica) {
  Json pod;
  pod["name"] = replica.pod;
  pod["node"] = replica.node;
  pod["state"] = replica.state;
  pod["ready"] = replica.ready;
  pod["tree"] = replica.tree.substr(0, 12);
  pod["commit"] = replica.commit;
  pod["dirty"] = replica.dirty;
  pod["synced"] = replica.synced;
  pod["restarts"] = replica.restarts;
  return pod;
}

/// Since when it sleeps, and the memory that it leaves to others meanwhile. How long that is changes with the clock,
/// and would make every look at the status another state.
Json asleep_json(double since, int mib) {
  Json json;
  json["since"] = since;
  json["saves_mib"] = mib;
  return json;
}

/// Why a member did not wake stands beside what the cluster says of it, until it is ready.
std::string reason_of(const Services& services, const std::string& member, const std::string& state,
                      const std::string& reason) {
  const auto trouble = state == "ready" ? std::string() : services.sleeper.trouble(member);
  return trouble.empty() ? reason : reason.empty() ? trouble : trouble + "; " + reason;
}

/// Of all that sleep.
Json sleep_json(const Json& addons, const Json& projects) {
  int count = 0, mib = 0;
  const auto add = [&](const Json& list) {
    for (const auto& one : list)
      if (const auto found = one.find("asleep"); found != one.end()) {
        ++count;
        mib += found->value("saves_mib", 0);
      }
  };
  add(addons);
  for (const auto& project : projects) add(project.at("apps"));
  Json json;
  json["count"] = count;
  json["saves_mib"] = mib;
  return json;
}

Json app_json(const Services& services, const std::string& project, const deploy::AppStatus& app) {
  const auto member = environment::Environment::forward_name(project, app.name);
  const int port = services.environment.port_of(member);
  Json json;
  json["name"] = app.name;
  json["state"] = app.state;
  json["reason"] = reason_of(services, member, app.state, app.reason);
  if (app.state == "asleep") json["asleep"] = asleep_json(app.asleep_since, app.asleep_saves_mib);
  json["image"] = app.image;
  json["replicas"] = app.replicas;
  json["ready"] = app.ready;
  json["port"] = port;
  json["url"] = port == 0 ? "" : "http://localhost:" + std::to_string(port);
  json["rolled_back"] = app.rolled_back;
  if (app.rolled_back) json["passed_over"] = Json{{"version", app.passed_over}, {"reason", app.why}};
  if (const auto* delivery = services.deliveries.find(project, app.name)) {
    json["delivery"] = delivery::to_json(*delivery);
    json["delivery"]["operation"] = services.deliveries.operation(project, app.name);
  }
  json["pods"] = Json::array();
  for (const auto& pod : app.pods) json["pods"].push_back(pod_json(pod));
  if (app.last_sync) {
    json["last_sync"]["files"] = app.last_sync->files;
    json["last_sync"]["bytes"] = app.last_sync->bytes;
    json["last_sync"]["seen"] = app.last_sync->seen;
    json["last_sync"]["planned"] = app.last_sync->planned;
    json["last_sync"]["sent"] = app.last_sync->sent;
    json["last_sync"]["seconds"] = app.last_sync->seconds;
  }
  return json;
}

Json data_json(const environment::DataStatus& data) {
  Json json;
  json["base"] = data.base;
  json["branch"] = data.branch;
  json["stays"] = data.stays;
  json["kept"] = data.kept;
  return json;
}

Json project_json(const Services& services, const project::Registration& registration) {
  Json json;
  json["name"] = registration.name;
  json["root"] = registration.root;
  json["declared"] = registration.declared;
  json["gone"] = !registration.living();
  json["apps"] = Json::array();
  json["addons"] = Json::array();
  json["state"] = !registration.up ? "down" : services.kube.available() ? "starting" : waiting;
  const auto* spec = services.deploy.spec(registration.name);
  if (!spec) return json;
  for (const auto& [name, profile] : spec->addons) json["addons"].push_back(name);
  json["seeds"] = services.environment.seeds(registration.name);
  if (const auto data = services.environment.data(registration.name)) json["data"] = data_json(*data);
  if (const auto* snapshot = services.deploy.snapshot(registration.name); snapshot && snapshot->tree) {
    json["branch"] = snapshot->head.branch;
    json["commit"] = snapshot->head.commit;
    json["dirty"] = snapshot->head.dirty;
    json["tree"] = snapshot->tree->digest().substr(0, 12);
  }
  const auto apps = services.deploy.status(registration.name);
  for (const auto& app : apps) json["apps"].push_back(app_json(services, registration.name, app));
  if (!registration.up) return json;
  if (std::ranges::any_of(apps, [](const auto& app) { return app.state == "failed"; }))
    json["state"] = "failed";
  else if (std::ranges::all_of(apps, [](const auto& app) { return app.state == "ready" || app.state == "asleep"; }))
    json["state"] = "up";
  return json;
}

Json forward_json(const forward::Forward& forward) {
  Json json;
  json["name"] = forward.name;
  json["port"] = forward.port;
  json["preferred"] = forward.preferred;
  json["target"] = forward.target;
  json["state"] = forward.state;
  json["reason"] = forward.reason;
  json["connections"] = forward.connections;
  return json;
}

}  // namespace

Json addon_json(const Services& services, const std::string& name) {
  const auto& spec = services.addons.catalogue().at(name);
  const auto chosen = services.addons.chosen();
  const auto found = chosen.find(name);
  const auto state = services.addons.status(name);
  Json json;
  json["name"] = name;
  json["summary"] = spec.summary;
  json["version"] = spec.version;
  json["state"] = state.state == "starting" && !services.kube.available() ? waiting : state.state;
  json["reason"] = reason_of(services, name, state.state, state.reason);
  json["stand_in"] = services.addons.stand_in(name);
  json["requires"] = spec.requires_;
  json["wanted_by"] = Json::array();
  json["required_by"] = Json::array();
  json["profile"] = found == chosen.end() ? "" : found->second.profile;
  if (found != chosen.end()) {
    json["wanted_by"] = found->second.wanted_by;
    json["required_by"] = found->second.required_by;
    const int mib = spec.profiles.at(found->second.profile).memory_mib;
    json["memory_mib"] = mib;
    if (state.state == "asleep") json["asleep"] = asleep_json(state.asleep_since, mib);
  }
  json["profiles"] = Json::array();
  for (const auto& [profile, size] : spec.profiles) json["profiles"].push_back(profile);
  json["endpoints"] = Json::array();
  for (const auto& endpoint : spec.endpoints) {
    Json one;
    one["name"] = endpoint.name;
    one["protocol"] = endpoint.protocol;
    one["port"] = services.environment.port_of(endpoint.name);
    json["endpoints"].push_back(std::move(one));
  }
  return json;
}

Json status(const Services& services) {
  Json json;
  json["daemon"]["version"] = GF_VERSION;
  json["daemon"]["pid"] = ::getpid();
  json["daemon"]["rss_bytes"] = resident_bytes();
  json["daemon"]["uptime_seconds"] = services.clock.wall_seconds() - services.started;
  json["daemon"]["last_event"] = services.feed.last();
  json["cluster"] = cluster_json(services);
  json["addons"] = Json::array();
  for (const auto& name : services.addons.catalogue().names()) json["addons"].push_back(addon_json(services, name));
  json["projects"] = Json::array();
  for (const auto& registration : services.registry.all())
    json["projects"].push_back(project_json(services, registration));
  json["sleep"] = sleep_json(json["addons"], json["projects"]);
  json["forwards"] = Json::array();
  for (const auto& forward : services.forwards.list()) json["forwards"].push_back(forward_json(forward));
  json["warnings"] = services.warnings();
  return json;
}

}  // namespace gf::api
