#include "core/when_all.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>

namespace gf {

Task<> when_all(std::vector<Task<>> tasks) {
  if (tasks.empty()) co_return;
  const auto executor = co_await net::this_coro::executor;
  using Operation = decltype(net::co_spawn(executor, std::declval<Task<>>(), net::deferred));
  std::vector<Operation> operations;
  for (auto& task : tasks) operations.push_back(net::co_spawn(executor, std::move(task), net::deferred));
  auto group = net::experimental::make_parallel_group(std::move(operations));
  auto [order, errors] = co_await group.async_wait(net::experimental::wait_for_one_error(), net::use_awaitable);
  for (const auto index : order)
    if (errors[index]) std::rethrow_exception(errors[index]);
}

}  // namespace gf
