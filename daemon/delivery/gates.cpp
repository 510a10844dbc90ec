#include "delivery/gates.hpp"

#include <cmath>
#include <cstdio>

namespace gf::delivery {

namespace {

/// A difference that nobody feels is none, however large the ratio.
constexpr double felt_ms = 5;

std::string text(double number) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.3g", number);
  return buffer;
}

double error_percent(const Sample& sample) { return sample.requests > 0 ? 100 * sample.errors / sample.requests : 0; }

std::string described(const Samples& samples) {
  std::string words = text(std::round(samples.next.requests)) + " requests, " + text(error_percent(samples.next)) +
                      " % errors (stable " + text(error_percent(samples.stable)) + " %)";
  if (samples.next.p95_ms) words += ", p95 " + text(*samples.next.p95_ms) + " ms";
  if (samples.stable.p95_ms) words += " (stable " + text(*samples.stable.p95_ms) + " ms)";
  return words;
}

/// The gate that is broken, "" when all are kept.
std::string broken(const CanarySpec& spec, const Samples& samples) {
  const double errors = error_percent(samples.next), usual = error_percent(samples.stable);
  if (errors > usual + spec.max_error_percent)
    return text(errors) + " % of its answers are errors, " + text(usual) + " % of the stable version's; " +
           text(spec.max_error_percent) + " % more are allowed";
  if (!samples.next.p95_ms || !samples.stable.p95_ms) return {};
  const double next = *samples.next.p95_ms, stable = *samples.stable.p95_ms;
  if (next > stable * spec.max_p95_ratio && next - stable > felt_ms)
    return "its p95 is " + text(next) + " ms, that of the stable version " + text(stable) + " ms; " +
           text(spec.max_p95_ratio) + " times as much is allowed";
  return {};
}

std::string of_app(const std::string& metric, const std::string& project, const std::string& app,
                   const std::string& more, int seconds) {
  return "increase(" + metric + "{cluster_name=~\"outbound\\\\|[0-9]+\\\\|[^|]*\\\\|" + app + "\\\\." + project +
         "\\\\.svc\\\\.cluster\\\\.local;?\"" + more + "}[" + std::to_string(seconds) + "s])";
}

}  // namespace

Judgement judge(const CanarySpec& spec, const Moment& moment) {
  const auto at = "at " + std::to_string(moment.percent) + " %: ";
  const bool late = moment.seconds > static_cast<double>(spec.deadline.count());
  const auto end = " within " + std::to_string(spec.deadline.count()) + " s";
  if (!moment.samples) {
    if (late) return {Verdict::abort, at + "Prometheus could not be asked" + end};
    return {Verdict::hold, at + "Prometheus cannot be asked"};
  }
  const auto& samples = *moment.samples;
  if (samples.next.requests < spec.requests) {
    const auto seen = text(std::floor(samples.next.requests)) + " of " + std::to_string(spec.requests) + " requests";
    return late ? Judgement{Verdict::abort, at + "only " + seen + " came" + end} : Judgement{Verdict::hold, at + seen};
  }
  if (const auto gate = broken(spec, samples); !gate.empty()) return {Verdict::abort, at + gate};
  const bool held = moment.seconds >= static_cast<double>(spec.hold.count());
  return {held ? Verdict::advance : Verdict::hold, at + described(samples)};
}

std::string requests_query(const std::string& project, const std::string& app, int seconds) {
  return "sum(" + of_app("envoy_cluster_upstream_rq", project, app, "", seconds) + ")";
}

std::string errors_query(const std::string& project, const std::string& app, int seconds) {
  return "sum(" + of_app("envoy_cluster_upstream_rq", project, app, ",response_code=~\"5..\"", seconds) + ")";
}

std::string p95_query(const std::string& project, const std::string& app, int seconds) {
  return "histogram_quantile(0.95, sum by (le) (" +
         of_app("envoy_cluster_upstream_rq_time_bucket", project, app, "", seconds) + "))";
}

}  // namespace gf::delivery
