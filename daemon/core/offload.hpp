#pragma once
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>

#include "core/task.hpp"

namespace gf {

/// The threads for libraries that block (libgit2, hashing, YAML). Jobs are free functions with value arguments.
class WorkerPool {
 public:
  explicit WorkerPool(std::size_t threads = 2) : pool_(threads) {}
  ~WorkerPool() { pool_.join(); }
  Executor executor() { return pool_.executor(); }

 private:
  net::thread_pool pool_;
};

namespace detail {
/// Runs `job` on `pool` and completes on the executor of the awaiting coroutine.
Task<> run_blocking(Executor pool, std::function<void()> job);

template <class T>
struct Outcome {
  std::conditional_t<std::is_void_v<T>, bool, std::optional<T>> value{};
  std::exception_ptr thrown;
};
}  // namespace detail

/// Runs `function(args…)` on the pool and resumes on the io thread with its value or exception.
/// A job that has begun runs to its end even when the waiting coroutine is cancelled; the waiter then waits for it.
template <class Function, class... Args>
auto offload(WorkerPool& workers, Function function, Args... args) -> Task<std::invoke_result_t<Function, Args...>> {
  using Value = std::invoke_result_t<Function, Args...>;
  auto outcome = std::make_shared<detail::Outcome<Value>>();
  std::function<void()> job = [outcome, function, ... held = std::move(args)]() mutable {
    try {
      if constexpr (std::is_void_v<Value>)
        function(std::move(held)...);
      else
        outcome->value.emplace(function(std::move(held)...));
    } catch (...) {
      outcome->thrown = std::current_exception();
    }
  };
  auto running = detail::run_blocking(workers.executor(), std::move(job));
  co_await std::move(running);
  if (outcome->thrown) std::rethrow_exception(outcome->thrown);
  if constexpr (!std::is_void_v<Value>) co_return std::move(*outcome->value);
}

}  // namespace gf
