#include "commands.hpp"
#include "dev/dev_session.hpp"

namespace gf::cli {

namespace {

/// The `up` of the project that runs already, else one that is begun. `project`: its entry of the status, may be null.
Json begin_up(Session& session, const Json& project, const std::string& root) {
  const auto operations = session.get("/v1/operations");
  for (const auto& one : operations.at("operations"))
    if (project.is_object() && one.value("kind", "") == "up" && one.value("state", "") == "running" &&
        one.value("subject", "") == project.value("name", ""))
      return one;
  Json body;
  body["root"] = root;
  return session.send("POST", "/v1/up", body);
}

/// Brings the project up as `gf up` does, when it is not: on the whole screen it is watched there. Returns its name.
std::string ensure_up(Context& context, const std::string& root, bool full_screen) {
  const auto status = context.session.get("/v1/status");
  Json project;
  for (const auto& one : status.at("projects"))
    if (one.value("root", "") == root) project = one;
  if (project.is_object() && project.value("state", "") == "up") return project.value("name", "");
  const auto operation = begin_up(context.session, project, root);
  if (!full_screen) follow(context.session, context.output, operation.value("id", ""));
  return operation.value("subject", "");
}

}  // namespace

void add_dev(CLI::App& app, Context& context) {
  auto* command =
      app.add_subcommand("dev", "bring this project up and watch it: errors, apps, saves, builds, logs on one screen");
  auto notify = std::make_shared<bool>(false);
  command->add_flag("--notify", *notify, "tell the desktop when something fails, and when it is well again");
  command->callback([&context, notify] {
    context.session.ensure_daemon();
    const bool full_screen = context.output.tty && !context.output.json;
    DevOptions options;
    options.root = project_root(context.folder);
    options.project = ensure_up(context, options.root, full_screen);
    options.notify = *notify;
    if (!full_screen) return show_lines(context.session, context.output, options);
    const int signal = show_full_screen(context.session, context.output, options);
    if (signal != 0) context.exit_code = 128 + signal;
  });
}

}  // namespace gf::cli
