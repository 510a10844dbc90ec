#pragma once
#include <optional>
#include <string>

#include "protocol/strategy.hpp"

namespace gf::delivery {

/// What the proxies saw of one version within a step.
struct Sample {
  double requests = 0, errors = 0;
  std::optional<double> p95_ms;  ///< none without requests
};

struct Samples {
  Sample stable, next;
};

/// How a step of a canary stands.
struct Moment {
  int percent = 0;
  double seconds = 0;              ///< since the step began
  std::optional<Samples> samples;  ///< none: Prometheus cannot be asked
};

enum class Verdict { hold, advance, abort };

struct Judgement {
  Verdict verdict = Verdict::hold;
  std::string reason;  ///< with the numbers; for people
};

/// Pure. Aborts as soon as a gate is broken, and when the deadline has passed without an answer; advances when the hold
/// has passed and all gates are kept.
Judgement judge(const CanarySpec& spec, const Moment& moment);

/// Pure: questions in PromQL about what the proxies sent to `app` of `project` in the last `seconds`. Counters of
/// Envoy, which both the official proxies and ours have.
std::string requests_query(const std::string& project, const std::string& app, int seconds);
std::string errors_query(const std::string& project, const std::string& app, int seconds);
std::string p95_query(const std::string& project, const std::string& app, int seconds);

}  // namespace gf::delivery
