#include <algorithm>
#include <iostream>

#include "commands.hpp"
#include "core/clock.hpp"
#include "render/state_words.hpp"
#include "render/table.hpp"

namespace gf::cli {

namespace {

using Rows = std::vector<std::vector<std::string>>;

/// "for 12 min, saves 128 MiB"
std::string rest_of(const Json& asleep) {
  const auto slept = SystemClock().wall_seconds() - asleep.value("since", 0.0);
  const auto seconds = static_cast<long>(std::max(0.0, slept));
  const auto length = seconds < 120    ? std::to_string(seconds) + " s"
                      : seconds < 7200 ? std::to_string(seconds / 60) + " min"
                                       : std::to_string(seconds / 3600) + " h";
  return "for " + length + ", saves " + std::to_string(asleep.value("saves_mib", 0)) + " MiB";
}

/// Where images of apps go.
void print_registry(const Json& registry) {
  const auto host = registry.value("host", ""), in_nodes = registry.value("host_in_nodes", "");
  const auto reason = registry.value("reason", "");
  std::cout << "  registry "
            << (!reason.empty()    ? "not used: " + reason
                : in_nodes == host ? host
                                   : host + ", for the nodes " + in_nodes)
            << '\n';
}

void print_cluster(const Json& cluster, bool color) {
  std::cout << "cluster " << cluster.value("name", "") << " (" << cluster.value("provider", "")
            << "): " << paint(cluster.value("state", ""), color)
            << (cluster.value("reason", "").empty() ? "" : ", " + cluster.value("reason", "")) << '\n';
  Rows rows;
  for (const auto& node : cluster.at("nodes"))
    rows.push_back({node.value("name", ""), node.value("role", ""), paint(node.value("state", ""), color),
                    node.value("address", "")});
  std::cout << table(rows, "  ");
  if (cluster.contains("registry")) print_registry(cluster["registry"]);
  if (!rows.empty() && !cluster.value("network_policy", true))
    std::cout << "  NetworkPolicy objects are not enforced by this cluster's pod network\n";
}

void print_addons(const Json& addons, bool color) {
  Rows rows;
  for (const auto& addon : addons) {
    if (addon.value("state", "") == "disabled") continue;
    std::string ports;
    for (const auto& endpoint : addon.at("endpoints"))
      if (endpoint.value("port", 0) != 0)
        ports += (ports.empty() ? "localhost:" : ", localhost:") + std::to_string(endpoint.value("port", 0));
    auto reason = addon.value("reason", "");
    if (addon.contains("asleep")) reason = rest_of(addon["asleep"]) + (reason.empty() ? "" : ", " + reason);
    rows.push_back({addon.value("name", ""), addon.value("version", ""), paint(addon.value("state", ""), color),
                    addon.value("profile", ""), std::to_string(addon.value("memory_mib", 0)) + " MiB", ports, reason});
  }
  if (!rows.empty()) std::cout << "addons\n" << table(rows, "  ");
  for (const auto& addon : addons)
    if (!addon.value("stand_in", "").empty())
      std::cout << "  " << addon.value("name", "") << ": " << addon.value("stand_in", "") << '\n';
}

/// What a new version beside the stable one does, and what it waits for.
void print_delivery(const std::string& app, const Json& delivery) {
  const auto phase = delivery.value("phase", "");
  auto reason = delivery.value("reason", "");
  std::string words = phase;
  if (phase == "shifting") {
    words += ", step " + std::to_string(delivery.value("step", 0) + 1) + " of " +
             std::to_string(delivery.at("canary").at("steps").size());
    if (reason.empty()) reason = "at " + std::to_string(delivery.value("percent", 0)) + " %";
  }
  if (phase == "preview") reason = "for requests with x-gf-preview: next; gf promote " + app + " gives it all";
  if (phase == "flipped")
    reason = "it serves everybody; gf rollback " + app + " goes back, gf promote " + app + " makes it the stable one";
  std::cout << "    new version: " << words << (reason.empty() ? "" : ", " + reason.substr(0, reason.find('\n')));
  if (phase != "preview" && phase != "flipped" && delivery.value("operation", "").empty())
    std::cout << "; it stands still, gf deploy " << app << " goes on";
  std::cout << '\n';
}

/// Whose data the project uses where they follow branches.
void print_data(const Json& data) {
  const auto branch = data.value("branch", ""), base = data.value("base", "");
  std::string stays;
  for (const auto& addon : data.at("stays")) stays += (stays.empty() ? "" : ", ") + addon.get<std::string>();
  std::cout << "  data: those of " << branch << (branch == base ? " (the base branch)" : " (base " + base + ')')
            << (stays.empty() ? "" : "; the same for all branches in " + stays) << '\n';
}

void print_project(const Json& project, bool color) {
  const auto name = project.value("name", ""), declared = project.value("declared", name);
  std::cout << "project " << name << (declared == name ? "" : " (worktree of " + declared + ')') << ": "
            << paint(project.value("state", ""), color) << ", " << project.value("root", "");
  if (project.contains("commit"))
    std::cout << ", " << (project.value("branch", "").empty() ? "detached" : project.value("branch", "")) << ' '
              << version_text(project);
  std::cout << '\n';
  if (project.value("gone", false))
    std::cout << "  its folder is gone: gf down --purge --project " << name << " removes what it has in the cluster\n";
  if (project.contains("data")) print_data(project["data"]);
  for (const auto& app : project.at("apps")) {
    std::cout << "  " << app.value("name", "") << ": " << paint(app.value("state", ""), color);
    if (app.contains("asleep"))
      std::cout << ' ' << rest_of(app["asleep"]);
    else
      std::cout << ", " << app.value("ready", 0) << " of " << app.value("replicas", 0) << " ready";
    std::cout << (app.value("url", "").empty() ? "" : ", " + app.value("url", ""))
              << (app.value("reason", "").empty() || app.value("state", "") == "ready"
                      ? ""
                      : ", " + app.value("reason", ""));
    if (app.value("rolled_back", false)) std::cout << ", rolled back";
    if (app.contains("last_sync"))
      std::cout << ", last sync " << app["last_sync"].value("files", 0) << " files in "
                << static_cast<int>(app["last_sync"].value("seconds", 0.0) * 10000) / 10.0 << " ms";
    std::cout << '\n';
    const auto left = app.value("passed_over", Json::object()).value("reason", "");
    if (!left.empty()) std::cout << "    the version of the checkout was put back: " << left << '\n';
    if (app.contains("delivery")) print_delivery(app.value("name", ""), app["delivery"]);
    Rows rows;
    for (const auto& pod : app.at("pods"))
      rows.push_back({pod.value("name", ""), pod.value("node", ""), paint(pod.value("state", ""), color),
                      version_text(pod), pod.value("synced", false) ? "synced" : "-",
                      std::to_string(pod.value("restarts", 0)) + " restarts"});
    std::cout << table(rows, "    ");
  }
  const auto seeds = project.value("seeds", Json::object());
  for (const auto& [addon, state] : seeds.items())
    if (state != "seeded")
      std::cout << "  seed of " << addon << ": "
                << (state == "failed" ? "not applied" : "changed since it was applied: gf addon reset " + addon)
                << '\n';
}

}  // namespace

void add_status(CLI::App& app, Context& context) {
  app.add_subcommand("status", "nodes, addons, apps and what each replica serves")->callback([&context] {
    context.session.ensure_daemon();
    const auto status = context.session.get("/v1/status");
    if (context.output.json) {
      std::cout << dump(status) << '\n';
      return;
    }
    print_cluster(status.at("cluster"), context.output.color);
    print_addons(status.at("addons"), context.output.color);
    for (const auto& project : status.at("projects")) print_project(project, context.output.color);
    const auto sleep = status.value("sleep", Json::object());
    if (const int count = sleep.value("count", 0); count > 0)
      std::cout << "asleep: " << count << ", which saves " << sleep.value("saves_mib", 0) << " MiB\n";
    const auto& daemon = status.at("daemon");
    std::cout << "daemon " << daemon.value("version", "") << ": process " << daemon.value("pid", 0) << ", "
              << daemon.value("rss_bytes", 0ULL) / 1048576 << " MiB\n";
    for (const auto& warning : status.at("warnings")) std::cout << "warning: " << warning.get<std::string>() << '\n';
  });
}

}  // namespace gf::cli
