#include <iostream>

#include "commands.hpp"
#include "daemon_launcher.hpp"

namespace gf::cli {

void add_daemon(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("daemon", "the background process: start, stop, status, logs");
  command->require_subcommand(1);
  command->add_subcommand("start", "start it; other commands do so by themselves")->callback([&context] {
    context.session.ensure_daemon();
    std::cout << "gfd runs (process " << context.session.get("/v1/version").value("pid", 0) << ")\n";
  });
  command->add_subcommand("stop", "end it; cluster and apps go on, saves are taken up at the next start")
      ->callback([&context] {
        if (!context.session.alive()) {
          std::cout << "gfd does not run\n";
          return;
        }
        context.session.send("POST", "/v1/daemon/stop", Json::object());
        await_daemon_end(context.session.paths());
        std::cout << "gfd has ended\n";
      });
  command->add_subcommand("status", "whether it runs")->callback([&context] {
    const bool runs = context.session.alive();
    const auto version = runs ? context.session.get("/v1/version") : Json::object();
    if (context.output.json)
      std::cout << dump(version) << '\n';
    else
      std::cout << (runs ? "gfd " + version.value("version", "") + " runs (process " +
                               std::to_string(version.value("pid", 0)) + ")"
                         : "gfd does not run")
                << '\n';
    context.exit_code = runs ? 0 : 1;
  });
  auto* logs = command->add_subcommand("logs", "its own log");
  auto lines = std::make_shared<std::size_t>(100);
  logs->add_option("--tail", *lines, "so many lines")->capture_default_str();
  logs->callback([&context, lines] { std::cout << log_tail(context.session.paths(), *lines); });
}

void add_version(CLI::App& app, Context& context) {
  app.add_subcommand("version", "versions of the client and the daemon")->callback([&context] {
    Json json;
    json["client"] = GF_VERSION;
    json["daemon"] = context.session.alive() ? context.session.get("/v1/version").value("version", "") : "";
    if (context.output.json)
      std::cout << dump(json) << '\n';
    else
      std::cout << "gf " << GF_VERSION << ", gfd "
                << (json["daemon"] == "" ? "does not run" : json["daemon"].get<std::string>()) << '\n';
  });
}

}  // namespace gf::cli
