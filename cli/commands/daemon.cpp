#include <iostream>

#include "commands.hpp"
#include "daemon_launcher.hpp"

namespace gf::cli {

namespace {

void say(const Context& context, const std::string& text, const Json& json) {
  std::cout << (context.output.json ? dump(json) : text) << '\n';
}

}  // namespace

void add_daemon(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("daemon", "the background process: start, stop, status, logs");
  command->require_subcommand(1);
  command->add_subcommand("start", "start it; other commands do so by themselves")->callback([&context] {
    context.session.ensure_daemon();
    const auto version = context.session.get("/v1/version");
    say(context, "gfd runs (process " + std::to_string(version.value("pid", 0)) + ')', version);
  });
  command->add_subcommand("stop", "end it; cluster and apps go on, saves are taken up at the next start")
      ->callback([&context] {
        const bool runs = context.session.alive();
        if (runs) {
          context.session.send("POST", "/v1/daemon/stop", Json::object());
          await_daemon_end(context.session.paths());
        }
        say(context, runs ? "gfd has ended" : "gfd does not run", Json{{"stopped", runs}});
      });
  command->add_subcommand("status", "whether it runs")->callback([&context] {
    const bool runs = context.session.alive();
    const auto version = runs ? context.session.get("/v1/version") : Json::object();
    say(context,
        runs ? "gfd " + version.value("version", "") + " runs (process " + std::to_string(version.value("pid", 0)) + ')'
             : "gfd does not run",
        version);
    context.exit_code = runs ? 0 : 1;
  });
  auto* logs = command->add_subcommand("logs", "its own log");
  auto lines = std::make_shared<std::size_t>(100);
  logs->add_option("--tail", *lines, "so many lines")->capture_default_str();
  logs->callback([&context, lines] {
    const auto tail = log_tail(context.session.paths(), *lines);
    std::cout << (context.output.json ? dump(Json{{"log", tail}}) + '\n' : tail);
  });
}

void add_version(CLI::App& app, Context& context) {
  app.add_subcommand("version", "versions of the client and the daemon")->callback([&context] {
    Json json;
    json["client"] = GF_VERSION;
    json["daemon"] = context.session.alive() ? context.session.get("/v1/version").value("version", "") : "";
    const auto daemon = json.value("daemon", "");
    say(context, std::string("gf ") + GF_VERSION + ", gfd " + (daemon.empty() ? "does not run" : daemon), json);
  });
}

}  // namespace gf::cli
