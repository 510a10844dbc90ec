#pragma once
#include <boost/asio/steady_timer.hpp>

#include "core/task.hpp"

namespace gf {

/// A condition variable for coroutines on one thread: wait() resumes at the next notify_all().
/// Check the condition in a loop around wait(); nothing is remembered between notifications.
class Signal {
 public:
  explicit Signal(Executor executor) : timer_(executor, net::steady_timer::time_point::max()) {}

  /// Throws system_error(operation_aborted) when the waiting coroutine itself is cancelled.
  Task<> wait();
  void notify_all() {
    ++generation_;
    timer_.cancel();
  }

 private:
  net::steady_timer timer_;  // never expires: cancelling it wakes every waiter
  std::uint64_t generation_ = 0;
};

}  // namespace gf
