#pragma once
#include <map>
#include <string>
#include <vector>

namespace gf::project {

/// The keys of greenfield.yaml, by the part that they stand in: the parser and schema/greenfield.schema.json follow it.
inline const std::map<std::string, std::vector<std::string>>& known_keys() {
  static const std::map<std::string, std::vector<std::string>> keys = {
      {"project", {"apiVersion", "name", "cluster", "profile", "addons", "apps"}},
      {"cluster", {"provider", "workers", "host_ports"}},
      {"addon", {"profile", "mode", "seed"}},
      {"app",
       {"build", "image", "port", "localhost_port", "replicas", "autoscale", "uses", "sync", "on_sync", "reload_signal",
        "rebuild_on", "manifests", "ready_path", "metrics_path", "env", "command", "memory_mib"}},
      {"autoscale", {"min", "max", "cpu"}},
      {"build", {"context", "dockerfile", "args"}},
      {"sync", {"from", "to"}},
  };
  return keys;
}

}  // namespace gf::project
