#include <cmath>
#include <iostream>
#include <map>

#include "commands.hpp"
#include "log_filter.hpp"

namespace gf::cli {

namespace {

constexpr int default_tail = 100;

struct Options {
  std::string app, since, grep;
  bool follow = false;
  std::optional<int> tail;
};

void show(const Json& line, const Output& output, std::map<std::string, int>& colors) {
  if (output.json) {
    std::cout << dump(with_record(line)) << std::endl;
    return;
  }
  const auto pod = line.value("pod", "");
  const int color = 31 + colors.try_emplace(pod, static_cast<int>(colors.size()) % 6).first->second;
  std::cout << (output.color ? "\033[" + std::to_string(color) + 'm' + pod + "\033[0m" : pod) << "  "
            << line.value("line", "") << std::endl;
}

void logs(Context& context, const Options& options) {
  // Whatever is wrong with the words is told before anything is asked.
  const LineFilter filter(options.grep);
  const auto now = SystemClock().wall_seconds();
  const auto since = options.since.empty() ? 0.0 : since_from(options.since, now);
  // Who looks for something looks in all there is.
  const int tail = options.tail.value_or(options.since.empty() && options.grep.empty() ? default_tail : -1);
  context.session.ensure_daemon();
  const auto project = current_project(context, context.session.get("/v1/status"));
  auto path = "/v1/projects/" + project.value("name", "") + "/logs?app=" + http::percent_encode(options.app) +
              "&follow=" + (options.follow ? "true" : "false") + "&tail=" + std::to_string(tail);
  if (!options.since.empty())
    path += "&since=" + std::to_string(static_cast<std::int64_t>(std::max(1.0, std::ceil(now - since))));
  std::map<std::string, int> colors;
  context.session.stream(path, [&](const Json& line) {
    // The cluster counts in whole seconds.
    const auto time = time_from(line.value("time", ""));
    const bool is_older = time && *time < since;
    if (!is_older && filter.wants(line.value("line", ""))) show(line, context.output, colors);
    return static_cast<bool>(std::cout);
  });
}

}  // namespace

void add_logs(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("logs", "what the replicas write, each line with its pod");
  auto options = std::make_shared<Options>();
  command->add_option("app", options->app, "only this app");
  command->add_flag("-f,--follow", options->follow, "go on as lines come, new replicas included");
  command->add_option("--tail", options->tail,
                      "begin with so many lines of each replica (-1 = all; 100, or all with --since or --grep)");
  command->add_option("--since", options->since, "only what is newer: 90s, 5m, 2h, 1d, or 2026-11-24T22:49:22Z");
  command->add_option("--grep", options->grep, "only lines in which this regular expression is found");
  command->callback([&context, options] { logs(context, *options); });
}

}  // namespace gf::cli
