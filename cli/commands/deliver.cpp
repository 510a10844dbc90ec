#include <iostream>

#include "commands.hpp"

namespace gf::cli {

namespace {

void act(Context& context, const std::string& app, const std::string& verb) {
  context.session.ensure_daemon();
  const auto project = current_project(context, context.session.get("/v1/status")).value("name", "");
  const auto path = "/v1/projects/" + http::percent_encode(project) + "/apps/" + http::percent_encode(app) + '/' + verb;
  const auto result = finish(context, context.session.send("POST", path, Json::object()));
  if (context.output.json || !result.is_object()) return;
  const auto phase = result.value("phase", "");
  if (phase == "stable") std::cout << app << ": one version serves everybody\n";
  if (phase == "rolled-back")
    std::cout << app
              << ": the former version serves; that of the checkout comes in again when it changes, or by gf deploy "
              << app << '\n';
  if (phase == "preview")
    std::cout << app << ": the new version serves requests with the header x-gf-preview: next; gf promote " << app
              << " gives it all\n";
  if (phase == "flipped")
    std::cout << app << ": the new version serves all requests; gf rollback " << app << " goes back at once\n";
}

void add_verb(CLI::App& app, Context& context, const char* verb, const char* what) {
  auto* command = app.add_subcommand(verb, what);
  auto name = std::make_shared<std::string>();
  command->add_option("app", *name)->required();
  command->callback([&context, name, verb] { act(context, *name, verb); });
}

}  // namespace

void add_deliver(CLI::App& app, Context& context) {
  add_verb(app, context, "deploy", "bring in the version that stands in the checkout, as the app's strategy says");
  add_verb(app, context, "promote", "give a new version all requests; one that has them becomes the stable one");
  add_verb(app, context, "abort", "take a new version back");
  add_verb(app, context, "rollback", "go back to the former version");
}

}  // namespace gf::cli
