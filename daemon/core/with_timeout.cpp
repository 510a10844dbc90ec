#include "core/with_timeout.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>

#include "protocol/error.hpp"

namespace gf {

Task<> with_timeout(Clock& clock, Clock::duration limit, std::string message, Task<> task) {
  const auto executor = co_await net::this_coro::executor;
  auto sleep = clock.sleep_for(limit);
  auto group = net::experimental::make_parallel_group(net::co_spawn(executor, std::move(task), net::deferred),
                                                      net::co_spawn(executor, std::move(sleep), net::deferred));
  auto [order, failed, slept] = co_await group.async_wait(net::experimental::wait_for_one(), net::use_awaitable);
  const bool task_first = order[0] == 0;
  if (task_first && failed) std::rethrow_exception(failed);
  if (task_first) co_return;
  if (slept) std::rethrow_exception(slept);  // the whole was cancelled
  throw Error(ErrorCode::timed_out, message);
}

}  // namespace gf
