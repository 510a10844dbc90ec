#include "core/offload.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

namespace gf::detail {

Task<> run_blocking(Executor pool, std::function<void()> job) {
  auto start = [](auto handler, Executor on, std::function<void()> work) {
    auto home = net::get_associated_executor(handler);
    auto guard = net::make_work_guard(home);
    net::post(on, [handler = std::move(handler), guard = std::move(guard), home, work = std::move(work)]() mutable {
      work();
      net::post(home, std::move(handler));
    });
  };
  return net::async_initiate<const net::use_awaitable_t<>, void()>(start, net::use_awaitable, pool, std::move(job));
}

}  // namespace gf::detail
