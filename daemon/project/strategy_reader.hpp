#pragma once
#include "project/yaml_reader.hpp"
#include "protocol/project.hpp"

namespace gf::project {

/// Reads `strategy`, `canary` and `ready_deadline` of an app of `project` into it.
class StrategyReader {
 public:
  StrategyReader(YamlReader& in, const ProjectSpec& project) : in_(in), project_(project) {}
  void read(AppSpec& app, const YAML::Node& node);

 private:
  void check(const AppSpec& app, const YAML::Node& node);
  void read_canary(CanarySpec& canary, const YAML::Node& node);
  std::vector<int> read_steps(const YAML::Node& node, std::vector<int> fallback);
  std::chrono::seconds time(const YAML::Node& node, const char* key, std::chrono::seconds fallback);

  YamlReader& in_;
  const ProjectSpec& project_;
};

}  // namespace gf::project
