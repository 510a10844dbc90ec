#include <iostream>

#include "commands.hpp"
#include "render/state_words.hpp"
#include "render/table.hpp"

namespace gf::cli {

namespace {

std::string path_of(const Json& project, const std::string& app, const std::string& verb) {
  return "/v1/projects/" + http::percent_encode(project.value("name", "")) + "/apps/" + http::percent_encode(app) +
         '/' + verb;
}

/// The project's only app.
std::string only_app(const Json& project) {
  const auto& apps = project.at("apps");
  if (apps.size() == 1) return apps.at(0).value("name", "");
  std::string names;
  for (const auto& app : apps) names += (names.empty() ? "" : ", ") + app.value("name", "");
  throw Error(ErrorCode::usage, "cannot tell which app is meant: " + project.value("name", "") + " has " +
                                    (names.empty() ? "none" : names));
}

void act(Context& context, std::string app, const std::string& verb, const Json& body) {
  context.session.ensure_daemon();
  const auto project = current_project(context, context.session.get("/v1/status"));
  if (app.empty()) app = only_app(project);
  const auto result = finish(context, context.session.send("POST", path_of(project, app, verb), body));
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
  command->callback([&context, name, verb] { act(context, *name, verb, Json::object()); });
}

std::string outcome_text(const Json& version) {
  const auto reason = version.value("reason", "");
  return version.value("outcome", "") + (reason.empty() ? "" : ": " + reason);
}

void print_history(Context& context, const std::string& wanted) {
  context.session.ensure_daemon();
  const auto project = current_project(context, context.session.get("/v1/status"));
  Json all;
  all["apps"] = Json::array();
  for (const auto& app : project.at("apps"))
    if (wanted.empty() || app.value("name", "") == wanted)
      all["apps"].push_back(context.session.get(path_of(project, app.value("name", ""), "history")));
  if (!wanted.empty() && all["apps"].empty())
    throw Error(ErrorCode::not_found, "cannot find an app called '" + wanted + "' in " + project.value("name", ""));
  if (context.output.json) {
    std::cout << dump(all) << '\n';
    return;
  }
  std::vector<std::vector<std::string>> rows{{"APP", "VERSION", "COMMIT", "BRANCH", "TIME", "OUTCOME"}};
  for (const auto& app : all["apps"])
    for (const auto& version : app.at("versions")) {
      const auto branch = version.value("branch", "");
      rows.push_back({app.value("app", ""), version.value("version", ""), version_text(version),
                      branch.empty() ? "detached" : branch, local_time_text(version.value("when", 0.0)),
                      outcome_text(version)});
    }
  std::cout << table(rows);
}

}  // namespace

void add_deliver(CLI::App& app, Context& context) {
  add_verb(app, context, "deploy", "bring in the version that stands in the checkout, as the app's strategy says");
  add_verb(app, context, "promote", "give a new version all requests; one that has them becomes the stable one");
  add_verb(app, context, "abort", "take a new version back");
  struct Wanted {
    std::string app, to;
  };
  auto wanted = std::make_shared<Wanted>();
  auto* back = app.add_subcommand("rollback", "go back to the former version, or to one that gf history shows");
  back->add_option("app", wanted->app, "may be left out when the project has only one");
  back->add_option("--to", wanted->to, "the version, or how it begins");
  back->callback([&context, wanted] {
    Json body = Json::object();
    if (!wanted->to.empty()) body["to"] = wanted->to;
    act(context, wanted->app, "rollback", body);
  });
  auto* history = app.add_subcommand("history", "the versions of apps and what became of them, the newest first");
  history->add_option("app", wanted->app, "only this one");
  history->callback([&context, wanted] { print_history(context, wanted->app); });
}

}  // namespace gf::cli
