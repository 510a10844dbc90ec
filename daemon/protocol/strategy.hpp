#pragma once
#include <chrono>
#include <string_view>
#include <vector>

// How greenfield.yaml wants a new version of an app to come in.
namespace gf {

enum class Strategy {
  rolling,     ///< replica by replica: one more than wanted, never one less
  canary,      ///< a growing share of the requests, as long as the gates hold
  blue_green,  ///< beside the former one, then all requests at once
};

/// When a canary may go on. The numbers are those of one step.
struct CanarySpec {
  std::vector<int> steps{5, 25, 50, 100};  ///< percent of the requests, rising, the last one 100
  std::chrono::seconds hold{30};           ///< of each step, at least
  std::chrono::seconds deadline{600};      ///< of each step, at most: then it is aborted
  int requests = 20;                       ///< that the new version must have answered before anything is judged
  double max_error_percent = 1;  ///< of 5xx among the new version's answers, beyond the stable version's share
  double max_p95_ratio = 1.5;    ///< p95 of the new version / of the stable one
  bool operator==(const CanarySpec&) const = default;
};

std::string_view name(Strategy strategy);

}  // namespace gf
