#include "commands.hpp"
#include "program.hpp"

namespace gf::cli {

void add_connect(CLI::App& app, Context& context) {
  auto* command =
      app.add_subcommand("connect", "an addon's own shell, with this project's database and user: gf connect postgres");
  auto name = std::make_shared<std::string>();
  command->add_option("addon", *name, "the addon")->required();
  command->callback([&context, name] {
    context.session.ensure_daemon();
    const auto project = current_project(context, context.session.get("/v1/status"));
    const auto path =
        "/v1/projects/" + project.value("name", "") + "/addons/" + http::percent_encode(*name) + "/connect";
    context.exit_code = run_program(context.session, path, Json::object());
  });
}

}  // namespace gf::cli
