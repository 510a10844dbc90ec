#pragma once
#include "project/project_file.hpp"
#include "project/yaml_reader.hpp"

namespace gf::project {

/// Reads `sleep_after` of the addons and apps of `project`, which is read but for that.
class SleepReader {
 public:
  /// `known_as`: addons in a mode → what they are.
  SleepReader(YamlReader& in, ProjectSpec& project, const Vocabulary& vocabulary,
              const std::map<std::string, std::string>& known_as)
      : in_(in), project_(project), vocabulary_(vocabulary), known_as_(known_as) {}
  /// `top`: the whole file.
  void read(const YAML::Node& top);

 private:
  using Found = std::map<std::string, YAML::Node>;  ///< addon → where its time stands
  void read_app(AppSpec& app, const YAML::Node& node);
  Found read_addons(const YAML::Node& addons);
  std::chrono::seconds time(const YAML::Node& node);
  /// Who of the project keeps the addon awake for ever, in words; "" when nobody does.
  std::string who_never_sleeps(const std::string& addon) const;

  YamlReader& in_;
  ProjectSpec& project_;
  const Vocabulary& vocabulary_;
  const std::map<std::string, std::string>& known_as_;
};

}  // namespace gf::project
