#include "commands.hpp"

#include <filesystem>
#include <iostream>

namespace gf::cli {

void add_commands(CLI::App& app, Context& context) {
  for (const auto add :
       {add_init,       add_up,     add_dev,        add_down,     add_status, add_logs,   add_events,
        add_app,        add_exec,   add_connect,    add_env,      add_url,    add_load,   add_addon,
        add_deliver,    add_sleep,  add_backup,     add_snapshot, add_seal,   add_doctor, add_operation,
        add_kubeconfig, add_daemon, add_completion, add_version})
    add(app, context);
}

std::string project_root(const std::string& folder) {
  auto start = std::filesystem::weakly_canonical(std::filesystem::absolute(folder.empty() ? "." : folder));
  if (!start.has_filename() && start.has_parent_path()) start = start.parent_path();  // "…/shop/" is "…/shop"
  for (auto place = start;; place = place.parent_path()) {
    if (std::filesystem::exists(place / "greenfield.yaml")) return place.string();
    if (place == place.parent_path()) return start.string();
  }
}

Json current_project(const Context& context, const Json& status) {
  const auto root = project_root(context.folder);
  for (const auto& project : status.at("projects"))
    if (project.value("root", "") == root) return project;
  throw Error(ErrorCode::not_found, "cannot find a project of " + root + " in the daemon", "gf up");
}

const Json* find_app(const Json& project, const std::string& name) {
  for (const auto& app : project.at("apps"))
    if ((name.empty() || app.value("name", "") == name) && !app.value("url", "").empty()) return &app;
  return nullptr;
}

Json finish(Context& context, const Json& operation) {
  const auto id = operation.value("id", "");
  if (context.no_wait) {
    std::cout << (context.output.json ? dump(operation) : id) << '\n';
    return nullptr;
  }
  return follow(context.session, context.output, id);
}

}  // namespace gf::cli
