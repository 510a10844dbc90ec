#pragma once
#include <map>
#include <string>

#include "load/latencies.hpp"
#include "load/target.hpp"
#include "protocol/json.hpp"

namespace gf::cli {

using Seconds = std::chrono::duration<double>;

/// What is asked, how often in a second, for how long and over how many connections.
struct LoadPlan {
  LoadTarget target;
  std::string path = "/";
  int rate = 50;
  Seconds duration{30};
  int connections = 8;

  std::uint64_t total() const;                 ///< requests in all; at least one
  std::uint64_t due(Seconds elapsed) const;    ///< of these, how many should have been sent by then
  Seconds time_of(std::uint64_t index) const;  ///< when the request of that index (0 …) is to be sent
};

/// What came of it so far. A request is answered (whatever the status), failed, or has not come to either.
struct LoadTally {
  std::map<int, std::uint64_t> statuses;
  std::map<std::string, std::uint64_t> errors;  ///< why there was no answer
  Latencies latencies;                          ///< of the answers, from when their requests were to be sent
  std::uint64_t due = 0;                        ///< requests whose time has come
  Seconds elapsed{0};
  bool interrupted = false;

  std::uint64_t answered() const { return latencies.count(); }
  std::uint64_t unanswered() const;
  /// Due, but not sent or without an answer yet when it ended: the server was slower than the rate, or it was
  /// interrupted. They have no latency, so with many of them the percentiles are too good.
  std::uint64_t left() const;
};

/// One line for a terminal: answers in a second, errors, percentiles.
std::string live_line(const LoadTally& tally);
std::string load_table(const LoadPlan& plan, const LoadTally& tally);
/// {url, host, rate, connections, seconds, interrupted, due, answered, left, statuses, errors, latency_ms}.
Json load_json(const LoadPlan& plan, const LoadTally& tally);

}  // namespace gf::cli
