#include "deploy/app_objects.hpp"

#include "deploy/plan.hpp"

namespace gf::deploy {

namespace {

/// What the percents of `autoscale` are of: more than an idle app takes.
constexpr const char* autoscale_cpu = "100m";
constexpr int calm_seconds = 30;  ///< that long less load must last before replicas go

Json environment(const AppSpec& app, const std::map<std::string, std::vector<std::string>>& claims) {
  Json list = Json::array();
  for (const auto& [addon, names] : claims)
    for (const auto& name : names) {
      if (app.env.contains(name)) continue;  // the project's own word wins
      Json entry;
      entry["name"] = name;
      entry["valueFrom"]["secretKeyRef"]["name"] = "claim-" + addon;
      entry["valueFrom"]["secretKeyRef"]["key"] = name;
      list.push_back(std::move(entry));
    }
  for (const auto& [name, value] : app.env) {
    Json entry;
    entry["name"] = name;
    entry["value"] = value;
    list.push_back(std::move(entry));
  }
  return list;
}

Json readiness_probe(const AppSpec& app) {
  Json probe;
  if (app.ready_path.empty()) {
    probe["tcpSocket"]["port"] = app.port;
  } else {
    probe["httpGet"]["path"] = app.ready_path;
    probe["httpGet"]["port"] = app.port;
  }
  probe["periodSeconds"] = 1;
  probe["timeoutSeconds"] = 5;
  probe["failureThreshold"] = 3;
  return probe;
}

Json container(const AppSpec& app, const std::string& image,
               const std::map<std::string, std::vector<std::string>>& claims) {
  Json one;
  one["name"] = app.name;
  one["image"] = image;
  one["imagePullPolicy"] = "IfNotPresent";
  if (!app.command.empty()) one["command"] = app.command;
  one["env"] = environment(app, claims);
  one["resources"]["requests"]["cpu"] = app.autoscale ? autoscale_cpu : "10m";
  one["resources"]["requests"]["memory"] = std::to_string(std::max(16, app.memory_mib / 4)) + "Mi";
  one["resources"]["limits"]["memory"] = std::to_string(app.memory_mib) + "Mi";
  if (app.port != 0) {
    Json port;
    port["containerPort"] = app.port;
    one["ports"] = Json::array({port});
    one["readinessProbe"] = readiness_probe(app);
  }
  // The Service's packet filters on all nodes need about a second to forget a pod that ends: it serves on until then.
  one["lifecycle"]["preStop"]["sleep"]["seconds"] = 2;
  one["terminationMessagePolicy"] = "FallbackToLogsOnError";
  return one;
}

/// While nodes start, names may lead to pods of the past, and a question to them stays unanswered: asked again after
/// one second instead of five. With fewer than two dots first among the cluster's own names.
Json name_resolution() {
  Json options = Json::array();
  for (const auto& [name, value] : {std::pair("ndots", "2"), std::pair("timeout", "1"), std::pair("attempts", "3")}) {
    Json option;
    option["name"] = name;
    option["value"] = value;
    options.push_back(std::move(option));
  }
  return options;
}

Json spread_over_nodes(const std::map<std::string, std::string>& labels) {
  Json rule;
  rule["maxSkew"] = 1;
  rule["topologyKey"] = "kubernetes.io/hostname";
  rule["whenUnsatisfiable"] = "ScheduleAnyway";
  rule["labelSelector"]["matchLabels"] = labels;
  return Json::array({rule});
}

Json autoscaler(const std::string& project, const AppSpec& app, const std::map<std::string, std::string>& labels) {
  Json object;
  object["apiVersion"] = scaler_api;
  object["kind"] = scaler_kind;
  object["metadata"]["name"] = app.name;
  object["metadata"]["namespace"] = project;
  object["metadata"]["labels"] = labels;
  auto& spec = object["spec"];
  spec["scaleTargetRef"]["apiVersion"] = "apps/v1";
  spec["scaleTargetRef"]["kind"] = "Deployment";
  spec["scaleTargetRef"]["name"] = app.name;
  spec["minReplicas"] = app.autoscale->min;
  spec["maxReplicas"] = app.autoscale->max;
  Json cpu;
  cpu["type"] = "Resource";
  cpu["resource"]["name"] = "cpu";
  cpu["resource"]["target"]["type"] = "Utilization";
  cpu["resource"]["target"]["averageUtilization"] = app.autoscale->cpu;
  spec["metrics"] = Json::array({cpu});
  spec["behavior"]["scaleDown"]["stabilizationWindowSeconds"] = calm_seconds;
  return object;
}

Json service(const std::string& project, const AppSpec& app, const std::map<std::string, std::string>& labels) {
  Json object;
  object["apiVersion"] = "v1";
  object["kind"] = "Service";
  object["metadata"]["name"] = app.name;
  object["metadata"]["namespace"] = project;
  object["metadata"]["labels"] = labels;
  object["spec"]["selector"] = labels;
  Json port;
  port["port"] = app.port;
  port["targetPort"] = app.port;
  object["spec"]["ports"] = Json::array({port});
  return object;
}

}  // namespace

std::map<std::string, std::string> labels_of(const std::string& project, const std::string& app) {
  return {{"app.kubernetes.io/managed-by", "greenfield"}, {project_label, project}, {app_label, app}};
}

std::vector<Json> app_objects(const std::string& project, const AppSpec& app, const std::string& image,
                              const std::map<std::string, std::vector<std::string>>& claims) {
  const auto labels = labels_of(project, app.name);
  Json deployment;
  deployment["apiVersion"] = "apps/v1";
  deployment["kind"] = "Deployment";
  deployment["metadata"]["name"] = app.name;
  deployment["metadata"]["namespace"] = project;
  deployment["metadata"]["labels"] = labels;
  auto& spec = deployment["spec"];
  if (!app.autoscale) spec["replicas"] = app.replicas;  // else whoever applies it again would undo the scaling
  spec["revisionHistoryLimit"] = 3;
  spec["selector"]["matchLabels"] = labels;
  // The former replicas go only when new ones serve: a broken image never takes the last good one down.
  spec["strategy"]["rollingUpdate"]["maxUnavailable"] = 0;
  spec["strategy"]["rollingUpdate"]["maxSurge"] = 1;
  spec["template"]["metadata"]["labels"] = labels;
  if (!app.metrics_path.empty()) {
    auto& annotations = spec["template"]["metadata"]["annotations"];
    annotations["prometheus.io/scrape"] = "true";
    annotations["prometheus.io/port"] = std::to_string(app.port);
    annotations["prometheus.io/path"] = app.metrics_path;
  }
  auto& pod = spec["template"]["spec"];
  pod["containers"] = Json::array({container(app, image, claims)});
  pod["terminationGracePeriodSeconds"] = 7;
  pod["enableServiceLinks"] = false;
  pod["automountServiceAccountToken"] = false;
  pod["dnsConfig"]["options"] = name_resolution();
  pod["topologySpreadConstraints"] = spread_over_nodes(labels);
  if (syncs(app) && !mounts_checkout(app)) {
    Json gate;
    gate["conditionType"] = synced_gate;
    pod["readinessGates"] = Json::array({gate});
  }
  std::vector<Json> objects;
  objects.push_back(std::move(deployment));
  if (app.port != 0) objects.push_back(service(project, app, labels));
  if (app.autoscale) objects.push_back(autoscaler(project, app, labels));
  return objects;
}

}  // namespace gf::deploy
