#include <iostream>
#include <map>

#include "commands.hpp"

namespace gf::cli {

void add_logs(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("logs", "what the replicas write, each line with its pod");
  struct Options {
    std::string app;
    bool follow = false;
    int tail = 100;
  };
  auto options = std::make_shared<Options>();
  command->add_option("app", options->app, "only this app");
  command->add_flag("-f,--follow", options->follow, "go on as lines come, new replicas included");
  command->add_option("--tail", options->tail, "begin with so many lines of each replica (-1 = all)")
      ->capture_default_str();
  command->callback([&context, options] {
    context.session.ensure_daemon();
    const auto project = current_project(context, context.session.get("/v1/status"));
    const auto path = "/v1/projects/" + project.value("name", "") + "/logs?app=" + http::percent_encode(options->app) +
                      "&follow=" + (options->follow ? "true" : "false") + "&tail=" + std::to_string(options->tail);
    std::map<std::string, int> colors;
    context.session.stream(path, [&](const Json& line) {
      if (context.output.json) {
        std::cout << dump(line) << std::endl;
        return static_cast<bool>(std::cout);
      }
      const auto pod = line.value("pod", "");
      const int color = 31 + colors.try_emplace(pod, static_cast<int>(colors.size()) % 6).first->second;
      std::cout << (context.output.color ? "\033[" + std::to_string(color) + 'm' + pod + "\033[0m" : pod) << "  "
                << line.value("line", "") << std::endl;
      return static_cast<bool>(std::cout);
    });
  });
}

}  // namespace gf::cli
