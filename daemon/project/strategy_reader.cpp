#include "project/strategy_reader.hpp"

#include <algorithm>

#include "project/keys.hpp"

namespace gf::project {

namespace {

constexpr std::chrono::seconds least_deadline{5}, most_deadline{3600};  // of a replica to become ready

Strategy strategy_from(const std::string& word) {
  for (const auto strategy : {Strategy::canary, Strategy::blue_green})
    if (name(strategy) == word) return strategy;
  return Strategy::rolling;
}

}  // namespace

void StrategyReader::read(AppSpec& app, const YAML::Node& node) {
  app.ready_deadline = time(node, "ready_deadline", app.ready_deadline);
  if (app.ready_deadline < least_deadline || app.ready_deadline > most_deadline)
    in_.complain(node["ready_deadline"], "'ready_deadline' must be from 5s to 1h");
  app.strategy = strategy_from(in_.choice(node, "strategy", {"rolling", "canary", "blue-green"}, "rolling"));
  if (const auto canary = node["canary"]; canary.IsDefined()) {
    if (app.strategy != Strategy::canary) in_.complain(canary, "'canary' belongs to 'strategy: canary'");
    read_canary(app.canary, canary);
  }
  if (app.strategy != Strategy::rolling) check(app, node["strategy"]);
}

/// What divides requests is the mesh, and what counts them Prometheus.
void StrategyReader::check(const AppSpec& app, const YAML::Node& node) {
  const auto word = std::string(name(app.strategy));
  if (!in_mesh(project_))
    in_.complain(node,
                 "'strategy: " + word + "' needs the addon istio: add 'istio: {}' under 'addons', or take rolling");
  if (app.strategy == Strategy::canary && !project_.addons.contains("prometheus"))
    in_.complain(node, "'strategy: canary' needs the addon prometheus: add 'prometheus: {}' under 'addons'");
  if (app.port == 0 || app.mesh.protocol == "tcp")
    in_.complain(node, "'strategy: " + word + "' divides requests: it needs a 'port' that speaks HTTP");
  if (!app.sync.empty())
    in_.complain(node,
                 "'strategy: " + word + "' and 'sync' exclude each other: both versions would get the same files");
  if (!app.manifests.empty())
    in_.complain(node, "'strategy: " + word + "' and 'manifests' exclude each other: gfd makes two of each object");
  const auto next = app.name + "-next";
  if (std::ranges::find(project_.apps, next, &AppSpec::name) != project_.apps.end())
    in_.complain(node, "the name '" + next + "' belongs to the new version of '" + app.name + "'; rename that app");
}

void StrategyReader::read_canary(CanarySpec& canary, const YAML::Node& node) {
  if (!in_.open(node, "'canary'", known_keys().at("canary"))) return;
  canary.steps = read_steps(node, canary.steps);
  canary.hold = time(node, "hold", canary.hold);
  canary.deadline = time(node, "deadline", canary.deadline);
  if (canary.deadline <= canary.hold) in_.complain(node, "'deadline' must be later than 'hold'");
  canary.requests = in_.integer(node, "requests", 1, 1'000'000, canary.requests);
  canary.max_error_percent = in_.number(node, "max_error_percent", 0, 100, canary.max_error_percent);
  canary.max_p95_ratio = in_.number(node, "max_p95_ratio", 1, 1000, canary.max_p95_ratio);
}

std::vector<int> StrategyReader::read_steps(const YAML::Node& node, std::vector<int> fallback) {
  if (!node["steps"].IsDefined()) return fallback;
  const auto texts = in_.texts(node, "steps");
  if (!node["steps"].IsSequence()) return fallback;  // complained about already
  std::vector<int> steps;
  for (const auto& text : texts) {
    const bool digits =
        !text.empty() && text.size() <= 3 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    steps.push_back(digits ? std::stoi(text) : 0);
  }
  const bool rising = std::ranges::adjacent_find(steps, std::greater_equal<>()) == steps.end();
  if (!steps.empty() && rising && steps.front() > 0 && steps.back() == 100) return steps;
  in_.complain(node["steps"], "'steps' must be rising percentages that end with 100, such as [5, 25, 50, 100]");
  return fallback;
}

std::chrono::seconds StrategyReader::time(const YAML::Node& node, const char* key, std::chrono::seconds fallback) {
  const auto otherwise = std::to_string(fallback.count()) + "s";
  const auto told = in_.duration(node, key, otherwise.c_str());
  if (told.count() == 0) return fallback;  // complained about already
  if (told.count() % 1000 != 0) in_.complain(node[key], std::string("'") + key + "' must be whole seconds");
  return std::chrono::duration_cast<std::chrono::seconds>(told);
}

}  // namespace gf::project
