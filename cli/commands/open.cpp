#include <unistd.h>

#include <iostream>

#include "commands.hpp"

namespace gf::cli {

namespace {

/// The address of an app of this folder's project, "" when there is none of that name with a port. "" names the first
/// that has one.
std::string app_address(const Context& context, const Json& status, const std::string& app) {
  const auto root = project_root(context.folder);
  for (const auto& project : status.at("projects"))
    if (const auto* found = project.value("root", "") == root ? find_app(project, app) : nullptr)
      return found->value("url", "");
  return {};
}

/// nullptr when there is none of that name.
const Json* find_addon(const Json& status, const std::string& name) {
  for (const auto& addon : status.at("addons"))
    if (addon.value("name", "") == name) return &addon;
  return nullptr;
}

std::string addon_address(const Json& addon) {
  for (const auto& endpoint : addon.at("endpoints"))
    if (endpoint.value("protocol", "") == "http" && endpoint.value("port", 0) != 0)
      return "http://localhost:" + std::to_string(endpoint.value("port", 0));
  const auto name = addon.value("name", "");
  throw Error(ErrorCode::not_found, "cannot open " + name + ": it is off, or has no page", "gf addon status " + name);
}

/// The view `metrics` or `traces`: in Grafana where it runs, else on gfd's own page.
std::string view_address(Context& context, const Json& status, const std::string& view) {
  const auto* grafana = find_addon(status, "grafana");
  if (grafana && grafana->value("state", "") == "ready")
    return addon_address(*grafana) + (view == "traces" ? "/explore" : "/dashboards");
  return context.session.send("POST", "/v1/pages", Json{{"view", view}}).value("url", "");
}

/// An app comes before a view, and that before an addon of the same name.
std::string address_of(Context& context, const std::string& name) {
  context.session.ensure_daemon();
  const auto status = context.session.get("/v1/status");
  if (const auto address = app_address(context, status, name); !address.empty()) return address;
  if (name == "metrics" || name == "traces") return view_address(context, status, name);
  if (const auto* addon = find_addon(status, name)) return addon_address(*addon);
  current_project(context, status);  // says so where there is none
  throw Error(ErrorCode::not_found, "cannot find a port of " + (name.empty() ? "this project" : name), "gf status");
}

}  // namespace

void add_url(CLI::App& app, Context& context) {
  auto name = std::make_shared<std::string>();
  auto print = [&context, name] {
    const auto address = address_of(context, *name);
    std::cout << (context.output.json ? dump(Json{{"url", address}}) : address) << std::endl;
    return address;
  };
  const char* what = "an app (default: the first with a port), an addon, metrics or traces";
  auto* url = app.add_subcommand("url", "where something answers");
  url->add_option("name", *name, what);
  url->callback(print);
  auto* open = app.add_subcommand("open", "open it in the browser");
  open->add_option("name", *name, what);
  open->callback([print] {
    const auto address = print();
    ::execlp("xdg-open", "xdg-open", address.c_str(), static_cast<char*>(nullptr));
    throw Error(ErrorCode::not_found, "cannot open a browser: there is no xdg-open", "open " + address + " yourself");
  });
}

}  // namespace gf::cli
