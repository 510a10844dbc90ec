#pragma once
#include "project/yaml_reader.hpp"
#include "protocol/project.hpp"

namespace gf::project {

/// Reads what of an app's files goes where, how, and what follows: `sync`, `sync_mode`, `on_sync`, `reload_signal`.
class SyncReader {
 public:
  /// `root` is the checkout.
  SyncReader(YamlReader& in, const std::string& root) : in_(in), root_(root) {}
  void read(AppSpec& app, const YAML::Node& node);

 private:
  void read_rules(AppSpec& app, const YAML::Node& rules);
  void check_mount(const AppSpec& app, const YAML::Node& mode);

  YamlReader& in_;
  const std::string& root_;
};

}  // namespace gf::project
