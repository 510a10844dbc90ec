#pragma once
#include "project/yaml_reader.hpp"
#include "protocol/project.hpp"

namespace gf::project {

/// Reads `data` of a greenfield.yaml: `per-branch`, or a map that says more.
DataSpec read_data(YamlReader& in, const YAML::Node& top);

}  // namespace gf::project
