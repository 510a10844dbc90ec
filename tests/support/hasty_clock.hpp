#pragma once
#include <boost/asio/steady_timer.hpp>

#include "core/clock.hpp"

namespace gf::test {

/// A clock that runs several times as fast as the real one: pauses and limits keep their proportions.
class HastyClock final : public Clock {
 public:
  explicit HastyClock(int factor) : factor_(factor) {}

  time_point now() const override { return begin_ + (std::chrono::steady_clock::now() - begin_) * factor_; }
  double wall_seconds() const override { return std::chrono::duration<double>(now().time_since_epoch()).count(); }
  Task<> sleep_until(time_point when) override {
    net::steady_timer timer(co_await net::this_coro::executor, begin_ + (when - begin_) / factor_);
    co_await timer.async_wait(net::use_awaitable);
  }

 private:
  int factor_;
  time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace gf::test
