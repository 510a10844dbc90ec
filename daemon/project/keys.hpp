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
      {"addon", {"profile", "mode", "seed", "sleep_after"}},
      {"app",
       {"build",     "image",      "port",          "localhost_port", "replicas",  "autoscale",  "uses",         "sync",
        "sync_mode", "on_sync",    "reload_signal", "rebuild_on",     "manifests", "ready_path", "metrics_path", "env",
        "command",   "memory_mib", "mesh",          "ready_deadline", "strategy",  "canary",     "sleep_after"}},
      {"canary", {"steps", "hold", "deadline", "requests", "max_error_percent", "max_p95_ratio"}},
      {"autoscale", {"min", "max", "cpu"}},
      {"build", {"context", "dockerfile", "args"}},
      {"sync", {"from", "to"}},
      {"mesh",
       {"gateway", "hosts", "protocol", "routes", "timeout", "retries", "circuit_breaking", "fault", "rate_limit",
        "allow"}},
      {"route", {"match", "to"}},
      {"match", {"path", "headers"}},
      {"retries", {"attempts", "per_try_timeout", "on"}},
      {"circuit_breaking", {"connections", "pending_requests", "requests", "outlier"}},
      {"outlier", {"errors", "interval", "ejection", "max_percent"}},
      {"fault", {"delay", "abort"}},
      {"delay", {"percent", "time"}},
      {"abort", {"percent", "status"}},
      {"rate_limit", {"requests", "per"}},
      {"allow", {"from", "methods", "paths"}},
  };
  return keys;
}

}  // namespace gf::project
