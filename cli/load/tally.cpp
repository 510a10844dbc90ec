#include "load/tally.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "render/table.hpp"

namespace gf::cli {

namespace {

double milliseconds(Latencies::Duration latency) { return static_cast<double>(latency.count()) / 1000; }

std::string milliseconds_text(Latencies::Duration latency) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f ms", milliseconds(latency));
  return text;
}

std::string answers_per_second(const LoadTally& tally) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f/s",
                tally.elapsed.count() > 0 ? static_cast<double>(tally.answered()) / tally.elapsed.count() : 0.0);
  return text;
}

std::string url_of(const LoadPlan& plan) {
  const auto& address = plan.target.address;
  return "http://" + (address.find(':') == std::string::npos ? address : '[' + address + ']') + ':' +
         std::to_string(plan.target.port) + plan.path;
}

}  // namespace

std::uint64_t LoadPlan::total() const {
  return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::llround(duration.count() * rate)));
}

std::uint64_t LoadPlan::due(Seconds elapsed) const {
  return std::min(total(), static_cast<std::uint64_t>(std::floor(std::max(0.0, elapsed.count()) * rate)) + 1);
}

Seconds LoadPlan::time_of(std::uint64_t index) const { return Seconds(static_cast<double>(index) / rate); }

std::uint64_t LoadTally::unanswered() const {
  std::uint64_t sum = 0;
  for (const auto& [reason, count] : errors) sum += count;
  return sum;
}

std::uint64_t LoadTally::left() const {
  const auto ended = answered() + unanswered();
  return due > ended ? due - ended : 0;
}

std::string live_line(const LoadTally& tally) {
  std::uint64_t bad = 0;
  for (const auto& [status, count] : tally.statuses)
    if (status >= 400) bad += count;
  return answers_per_second(tally) + "  " + std::to_string(tally.answered()) + " answered, " + std::to_string(bad) +
         " of them 4xx or 5xx, " + std::to_string(tally.unanswered()) + " errors  p50 " +
         milliseconds_text(tally.latencies.quantile(0.5)) + "  p95 " +
         milliseconds_text(tally.latencies.quantile(0.95)) + "  p99 " +
         milliseconds_text(tally.latencies.quantile(0.99));
}

std::string load_table(const LoadPlan& plan, const LoadTally& tally) {
  std::vector<std::vector<std::string>> rows{
      {url_of(plan), "Host " + plan.target.host},
      {"answered", std::to_string(tally.answered()) + " of " + std::to_string(tally.due) + ", " +
                       answers_per_second(tally) + (tally.interrupted ? ", interrupted" : "")}};
  for (const auto& [status, count] : tally.statuses)
    rows.push_back({"status " + std::to_string(status), std::to_string(count)});
  for (const auto& [reason, count] : tally.errors) rows.push_back({"no answer", std::to_string(count) + ", " + reason});
  if (tally.left() > 0) rows.push_back({"not sent, or not answered by the end", std::to_string(tally.left())});
  if (tally.answered() > 0) {
    for (const auto& [name, share] : {std::pair{"p50", 0.5}, {"p95", 0.95}, {"p99", 0.99}})
      rows.push_back({name, milliseconds_text(tally.latencies.quantile(share))});
    rows.push_back({"max", milliseconds_text(tally.latencies.max())});
  }
  return table(rows);
}

Json load_json(const LoadPlan& plan, const LoadTally& tally) {
  Json json{{"url", url_of(plan)},
            {"host", plan.target.host},
            {"rate", plan.rate},
            {"connections", plan.connections},
            {"seconds", tally.elapsed.count()},
            {"interrupted", tally.interrupted},
            {"due", tally.due},
            {"answered", tally.answered()},
            {"left", tally.left()},
            {"statuses", Json::object()},
            {"errors", tally.errors},
            {"latency_ms", nullptr}};
  for (const auto& [status, count] : tally.statuses) json["statuses"][std::to_string(status)] = count;
  if (tally.answered() > 0)
    json["latency_ms"] = Json{{"p50", milliseconds(tally.latencies.quantile(0.5))},
                              {"p95", milliseconds(tally.latencies.quantile(0.95))},
                              {"p99", milliseconds(tally.latencies.quantile(0.99))},
                              {"max", milliseconds(tally.latencies.max())},
                              {"mean", milliseconds(tally.latencies.mean())}};
  return json;
}

}  // namespace gf::cli
