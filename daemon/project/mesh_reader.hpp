#pragma once
#include "project/yaml_reader.hpp"
#include "protocol/project.hpp"

namespace gf::project {

/// Reads what stands under `mesh` of an app of `project`, whose apps are all known already.
class MeshReader {
 public:
  MeshReader(YamlReader& in, const ProjectSpec& project) : in_(in), project_(project) {}
  MeshSpec read(const AppSpec& app, const YAML::Node& node);

 private:
  void read_traffic(const YAML::Node& node, MeshSpec& mesh);
  void read_routes(const AppSpec& app, const YAML::Node& routes, MeshSpec& mesh);
  MeshRoute read_route(const AppSpec& app, const YAML::Node& node);
  void read_weights(const AppSpec& app, const YAML::Node& node, MeshRoute& route);
  MeshRetries read_retries(const YAML::Node& node);
  MeshCircuitBreaking read_circuit_breaking(const YAML::Node& node);
  MeshFault read_fault(const YAML::Node& node);
  std::vector<MeshRule> read_allow(const YAML::Node& node);
  void check_protocol(const YAML::Node& node, const MeshSpec& mesh);
  void check_gateway(const AppSpec& app, const YAML::Node& node, const MeshSpec& mesh);
  int required(const YAML::Node& map, const char* key, int least, int most);
  bool is_app(const std::string& name) const;
  std::vector<std::string> app_names() const;

  YamlReader& in_;
  const ProjectSpec& project_;
};

}  // namespace gf::project
