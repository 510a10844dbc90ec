#pragma once
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>

#include "core/clock.hpp"

namespace gf::test {

/// A clock that moves only when told to. advance() wakes the sleepers whose time has come; run the io_context after it.
class ManualClock final : public Clock {
 public:
  time_point now() const override { return now_; }
  double wall_seconds() const override { return std::chrono::duration<double>(now_.time_since_epoch()).count(); }

  Task<> sleep_until(time_point when) override {
    if (when <= now_) co_return;
    auto executor = co_await net::this_coro::executor;
    sleepers_.emplace_back(when, net::steady_timer(executor, net::steady_timer::time_point::max()));
    const auto self = std::prev(sleepers_.end());
    const auto [error] = co_await self->second.async_wait(net::as_tuple(net::use_awaitable));
    const bool due = self->first <= now_;
    sleepers_.erase(self);
    if (!due) throw boost::system::system_error(error);
  }

  void advance(duration by) {
    now_ += by;
    for (auto& [when, timer] : sleepers_)
      if (when <= now_) timer.cancel();
  }
  std::size_t sleepers() const { return sleepers_.size(); }

 private:
  time_point now_{std::chrono::seconds(1'000'000)};
  std::list<std::pair<time_point, net::steady_timer>> sleepers_;
};

}  // namespace gf::test
