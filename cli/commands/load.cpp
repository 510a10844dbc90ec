#include <iostream>

#include "commands.hpp"
#include "load/generator.hpp"

namespace gf::cli {

namespace {

struct Options {
  std::string name;
  bool gateway = false;
  LoadPlan plan;
  double seconds = 30;
};

int gateway_port(const Json& status) {
  for (const auto& addon : status.at("addons"))
    for (const auto& endpoint : addon.at("endpoints"))
      if (addon.value("name", "") == "istio" && endpoint.value("name", "") == "gateway" &&
          endpoint.value("port", 0) != 0)
        return endpoint.value("port", 0);
  throw Error(ErrorCode::not_found, "cannot load through the gateway: istio is off", "gf addon enable istio");
}

/// Throws Error(not_found) for an app that has no port, Error(usage) for an address that is not loopback.
LoadTarget target_of(Context& context, const Options& options) {
  if (options.name.find("://") != std::string::npos) {
    if (options.gateway)
      throw Error(ErrorCode::usage, "cannot load an address through the gateway", "gf load APP --gateway");
    return load_target(options.name);
  }
  context.session.ensure_daemon();
  const auto status = context.session.get("/v1/status");
  const auto project = current_project(context, status);
  const auto* app = find_app(project, options.name);
  if (!app)
    throw Error(ErrorCode::not_found, "cannot find a port of " + (options.name.empty() ? "this project" : options.name),
                "gf status");
  auto target =
      load_target(options.gateway ? "http://localhost:" + std::to_string(gateway_port(status)) : app->value("url", ""));
  if (options.gateway) target.host = app->value("name", "") + '.' + project.value("name", "") + ".localhost";
  return target;
}

void load(Context& context, const Options& options) {
  auto plan = options.plan;
  plan.target = target_of(context, options);
  plan.duration = Seconds(options.seconds);
  const bool live = context.output.tty && !context.output.json;
  std::function<void(const LoadTally&)> show;
  if (live) show = [](const LoadTally& tally) { std::cout << "\r\033[K" << live_line(tally) << std::flush; };
  LoadGenerator generator(context.session.io(), plan);
  context.session.run(generator.run(std::move(show)));
  const auto& tally = generator.tally();
  if (live) std::cout << "\r\033[K";
  std::cout << (context.output.json ? dump(load_json(plan, tally)) + '\n' : load_table(plan, tally)) << std::flush;
  if (tally.answered() == 0) context.exit_code = 1;
}

}  // namespace

void add_load(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("load", "requests at a steady rate: what is answered, and how fast");
  auto options = std::make_shared<Options>();
  command->add_option("app", options->name, "an app (default: the first with a port), or http://localhost:PORT");
  command->add_option("--path", options->plan.path, "what to ask for")->capture_default_str()->check(path_problem);
  command->add_option("--rate", options->plan.rate, "requests a second")
      ->capture_default_str()
      ->check(CLI::Range(1, 2000));
  command->add_option("--duration", options->seconds, "for how long: 30s, 2m")
      ->default_str("30s")
      ->transform(CLI::AsNumberWithUnit(std::map<std::string, double>{{"ms", 0.001}, {"s", 1}, {"m", 60}}))
      ->check(CLI::Range(0.1, 600.0));
  command->add_option("--connections", options->plan.connections, "at most so many at once")
      ->capture_default_str()
      ->check(CLI::Range(1, 200));
  command->add_flag("--gateway", options->gateway, "through the mesh's gateway");
  command->callback([&context, options] { load(context, *options); });
}

}  // namespace gf::cli
