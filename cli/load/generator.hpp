#pragma once
#include <boost/asio/signal_set.hpp>
#include <functional>

#include "core/clock.hpp"
#include "core/task_group.hpp"
#include "http/client.hpp"
#include "load/tally.hpp"

namespace gf::cli {

/// Sends the requests of a plan on an open-loop schedule: each has its time from the start, and does not wait for the
/// answer to the one before. When all connections are taken a request goes out late, and its latency counts from the
/// time at which it was to be sent: a server that stands still shows in every request of that while, and not just in
/// the few that were under way (no coordinated omission). At the end of the plan's duration nothing more is sent; what
/// is under way has ten seconds from its sending. One connection a lane, kept while the server keeps it.
class LoadGenerator {
 public:
  LoadGenerator(net::io_context& io, LoadPlan plan);

  /// To the end of the plan, or to SIGINT or SIGTERM. Calls `show` (may be empty) five times a second.
  Task<> run(std::function<void(const LoadTally&)> show);
  const LoadTally& tally() const { return tally_; }

 private:
  Task<> lane();
  Task<> ask(http::Client& client, Clock::time_point due);
  Task<> fetch(http::Client& client, int& status);
  Task<> on_signal();
  Task<> show_often(std::function<void(const LoadTally&)> show);
  void take_time();
  Clock::time_point at(Seconds since_begin) const;

  net::io_context& io_;
  LoadPlan plan_;
  SystemClock clock_;
  net::signal_set signals_;
  std::exception_ptr failure_;
  TaskGroup lanes_, beside_;
  Clock::time_point began_;
  std::uint64_t next_ = 0;
  LoadTally tally_;
};

}  // namespace gf::cli
