#include "commands.hpp"
#include "program.hpp"

namespace gf::cli {

void add_exec(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("exec", "run a command in a replica: gf exec api -- python -V");
  struct Options {
    std::string app, pod;
    std::vector<std::string> command;
  };
  auto options = std::make_shared<Options>();
  command->add_option("app", options->app, "the app")->required();
  command->add_option("--pod", options->pod, "just this replica");
  command->add_option("command", options->command, "the command and its arguments, after --")->required();
  command->callback([&context, options] {
    context.session.ensure_daemon();
    const auto project = current_project(context, context.session.get("/v1/status"));
    Json body;
    body["command"] = options->command;
    if (!options->pod.empty()) body["pod"] = options->pod;
    const auto path =
        "/v1/projects/" + project.value("name", "") + "/apps/" + http::percent_encode(options->app) + "/exec";
    context.exit_code = run_program(context.session, path, std::move(body));
  });
}

}  // namespace gf::cli
