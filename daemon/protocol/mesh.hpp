#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

// What greenfield.yaml says under `mesh` of an app.
namespace gf {

struct MeshRoute {
  std::string path;                            ///< begins with; empty = any
  std::map<std::string, std::string> headers;  ///< has these values
  std::map<std::string, int> to;               ///< app → weight, together 100
  bool operator==(const MeshRoute&) const = default;
};

struct MeshRetries {
  int attempts = 0;
  std::chrono::milliseconds per_try_timeout{0};  ///< 0 = none
  std::vector<std::string> on;                   ///< empty = as Istio has it
  bool operator==(const MeshRetries&) const = default;
};

/// When a replica that fails gets no requests for a while.
struct MeshOutlier {
  int errors = 5;  ///< one after the other
  std::chrono::milliseconds interval{10'000}, ejection{30'000};
  int max_percent = 50;  ///< of the replicas at once
  bool operator==(const MeshOutlier&) const = default;
};

/// Limits that each caller keeps; 0 = none.
struct MeshCircuitBreaking {
  int connections = 0, pending_requests = 0, requests = 0;
  std::optional<MeshOutlier> outlier;
  bool operator==(const MeshCircuitBreaking&) const = default;
};

struct MeshFault {
  int delay_percent = 0;
  std::chrono::milliseconds delay{0};
  int abort_percent = 0, abort_status = 0;
  bool operator==(const MeshFault&) const = default;
};

struct MeshRateLimit {
  int requests = 0;  ///< of each replica
  std::chrono::milliseconds per{0};
  bool operator==(const MeshRateLimit&) const = default;
};

struct MeshRule {
  std::vector<std::string> from;            ///< apps of the project, and "gateway"
  std::vector<std::string> methods, paths;  ///< empty = all
  bool operator==(const MeshRule&) const = default;
};

struct MeshSpec {
  bool gateway = true;             ///< to be had at the ingress gateway
  std::vector<std::string> hosts;  ///< there, besides <app>.<project>.localhost
  std::string protocol = "http";   ///< http | http2 | grpc | tcp
  std::vector<MeshRoute> routes;
  std::chrono::milliseconds timeout{0};  ///< 0 = none
  std::optional<MeshRetries> retries;
  std::optional<MeshCircuitBreaking> circuit_breaking;
  std::optional<MeshFault> fault;
  std::optional<MeshRateLimit> rate_limit;
  std::optional<std::vector<MeshRule>> allow;  ///< absent = everybody in the mesh may call
  bool operator==(const MeshSpec&) const = default;
};

}  // namespace gf
