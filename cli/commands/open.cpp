#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "commands.hpp"

namespace gf::cli {

namespace {

/// The address of an app, "" when the project has none of that name with a port. "" names the first that has one.
std::string app_address(const Json& project, const std::string& app) {
  for (const auto& one : project.at("apps"))
    if ((app.empty() || one.value("name", "") == app) && !one.value("url", "").empty()) return one.value("url", "");
  return {};
}

std::string addon_address(const Json& addons, const std::string& name) {
  const auto& all = addons.at("addons");
  const auto found = std::ranges::find_if(all, [&](const Json& one) { return one.value("name", "") == name; });
  if (found == all.end()) return {};
  for (const auto& endpoint : found->at("endpoints"))
    if (endpoint.value("protocol", "") == "http" && endpoint.value("port", 0) != 0)
      return "http://localhost:" + std::to_string(endpoint.value("port", 0));
  throw Error(ErrorCode::not_found, "cannot open " + name + ": it is off, or has no page", "gf addon status " + name);
}

/// An app, the view `metrics` or `traces` (in Grafana where it runs, else gfd's own page), or an addon with a page.
std::string address_of(Context& context, const std::string& name) {
  context.session.ensure_daemon();
  const bool view = name == "metrics" || name == "traces";
  if (view) {
    const auto addons = context.session.get("/v1/addons");
    for (const auto& one : addons.at("addons"))
      if (one.value("name", "") == "grafana" && one.value("state", "") == "ready")
        return addon_address(addons, "grafana") + (name == "traces" ? "/explore" : "/dashboards");
    return context.session.send("POST", "/v1/pages", Json{{"view", name}}).value("url", "");
  }
  if (!name.empty())
    if (const auto address = addon_address(context.session.get("/v1/addons"), name); !address.empty()) return address;
  const auto address = app_address(current_project(context, context.session.get("/v1/status")), name);
  if (address.empty())
    throw Error(ErrorCode::not_found, "cannot find a port of " + (name.empty() ? "this project" : name), "gf status");
  return address;
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
