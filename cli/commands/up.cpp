#include <iostream>

#include "commands.hpp"
#include "confirm.hpp"

namespace gf::cli {

namespace {

void summarize(Context& context, const std::string& name) {
  const auto status = context.session.get("/v1/status");
  for (const auto& project : status.at("projects")) {
    if (project.value("name", "") != name) continue;
    std::cout << '\n'
              << name << " is up on " << status["cluster"].value("name", "") << " ("
              << status["cluster"]["nodes"].size() << " nodes)\n";
    for (const auto& app : project.at("apps"))
      std::cout << "  " << app.value("name", "") << "  " << app.value("url", "") << "  " << app.value("ready", 0)
                << " of " << app.value("replicas", 0) << " replicas ready\n";
    for (const auto& addon : status.at("addons"))
      for (const auto& endpoint : addon.at("endpoints"))
        if (endpoint.value("port", 0) != 0)
          std::cout << "  " << addon.value("name", "") << "  localhost:" << endpoint.value("port", 0) << '\n';
    const auto seeds = project.value("seeds", Json::object());
    for (const auto& [addon, state] : seeds.items())
      if (state == "changed")
        std::cout << "  " << addon << "  its seed has changed since it was applied: gf addon reset " << addon
                  << " makes it anew\n";
    std::cout << "Edit and save: it is live. Settings for programs of your own: eval \"$(gf env)\"\n";
  }
}

}  // namespace

void add_up(CLI::App& app, Context& context) {
  app.add_subcommand("up", "bring the cluster, the addons and this project up")->callback([&context] {
    context.session.ensure_daemon();
    Json body;
    body["root"] = project_root(context.folder);
    const auto result = finish(context, context.session.send("POST", "/v1/up", body));
    if (!context.output.json && result.is_object()) summarize(context, result.value("project", ""));
  });
}

void add_down(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand(
      "down", "stop this project, and the cluster's nodes with the last one; everything is kept for the next `gf up`");
  struct Options {
    bool all = false, remove = false, purge = false, yes = false;
    std::string project;
  };
  auto options = std::make_shared<Options>();
  auto* all = command->add_flag("--all", options->all, "stop the nodes, whatever other projects are up");
  auto* remove = command->add_flag("--delete", options->remove, "remove the cluster with all its data");
  auto* purge = command->add_flag("--purge", options->purge,
                                  "stop nothing; remove just this project: its apps, and its data in every addon");
  auto* project = command->add_option("--project", options->project, "another one than this folder's, by its name");
  all->excludes(remove)->excludes(purge)->excludes(project);
  remove->excludes(purge)->excludes(project);
  command->add_flag("--yes", options->yes, "do not ask before --purge")->needs(purge);
  command->callback([&context, options] {
    context.session.ensure_daemon();
    auto body = Json::object();
    if (options->remove) body["delete"] = true;
    if (!options->project.empty())
      body["project"] = options->project;
    else if (!options->all && !options->remove)
      body["root"] = project_root(context.folder);
    if (options->purge) {
      const auto which = options->project.empty() ? "in " + body.value("root", "") : options->project;
      confirm("This removes the project " + which + " with its data in all addons.", options->yes);
    }
    finish(context, context.session.send("POST", options->purge ? "/v1/purge" : "/v1/down", body));
  });
}

}  // namespace gf::cli
