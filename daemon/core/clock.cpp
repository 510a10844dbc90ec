#include "core/clock.hpp"

#include <boost/asio/steady_timer.hpp>

namespace gf {

double SystemClock::wall_seconds() const {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Task<> SystemClock::sleep_until(time_point when) {
  net::steady_timer timer(co_await net::this_coro::executor, when);
  co_await timer.async_wait(net::use_awaitable);
}

}  // namespace gf
