#include <iostream>

#include "commands.hpp"

namespace gf::cli {

namespace {

/// Where the routes of `name` begin: an app of this folder's project comes before an addon of the same name.
std::string place_of(const Context& context, const Json& status, const std::string& name) {
  const auto root = project_root(context.folder);
  for (const auto& project : status.at("projects")) {
    if (project.value("root", "") != root) continue;
    for (const auto& app : project.at("apps"))
      if (app.value("name", "") == name)
        return "/v1/projects/" + http::percent_encode(project.value("name", "")) + "/apps/" +
               http::percent_encode(name);
  }
  return "/v1/addons/" + http::percent_encode(name);
}

std::shared_ptr<std::string> add_name(CLI::App& command) {
  auto name = std::make_shared<std::string>();
  command.add_option("name", *name, "an app of this project, or an addon")->required();
  return name;
}

}  // namespace

void add_sleep(CLI::App& app, Context& context) {
  auto* sleep = app.add_subcommand("sleep", "scale an app or an addon to zero until somebody connects to it");
  sleep->callback([&context, name = add_name(*sleep)] {
    context.session.ensure_daemon();
    const auto place = place_of(context, context.session.get("/v1/status"), *name);
    const auto answer = context.session.send("POST", place + "/sleep", Json::object());
    if (context.output.json)
      std::cout << dump(answer) << '\n';
    else
      std::cout << *name << " sleeps; a connection to its port on localhost wakes it\n";
  });
  auto* wake = app.add_subcommand("wake", "wake an app or an addon, and what it needs");
  wake->callback([&context, name = add_name(*wake)] {
    context.session.ensure_daemon();
    const auto place = place_of(context, context.session.get("/v1/status"), *name);
    const auto result = finish(context, context.session.send("POST", place + "/wake", Json::object()));
    if (!context.output.json && result.is_object()) std::cout << *name << " is awake\n";
  });
}

}  // namespace gf::cli
