#pragma once
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <optional>
#include <stdexcept>

#include "core/task.hpp"

namespace gf::test {

/// Drives `task` on `io` to its end and returns its value (or rethrows). A test that hangs for `limit` fails.
template <class T>
T run_task(net::io_context& io, Task<T> task, std::chrono::seconds limit = std::chrono::seconds(120)) {
  std::optional<T> value;
  std::exception_ptr thrown;
  bool ended = false;
  net::co_spawn(io, std::move(task), [&](std::exception_ptr error, T result) {
    thrown = error;
    if (!error) value.emplace(std::move(result));
    ended = true;
  });
  io.restart();
  const auto until = std::chrono::steady_clock::now() + limit;
  while (!ended && std::chrono::steady_clock::now() < until) io.run_one_until(until);
  if (!ended) throw std::runtime_error("the task hangs");
  if (thrown) std::rethrow_exception(thrown);
  return std::move(*value);
}

inline void run_task(net::io_context& io, Task<> task, std::chrono::seconds limit = std::chrono::seconds(120)) {
  std::exception_ptr thrown;
  bool ended = false;
  net::co_spawn(io, std::move(task), [&](std::exception_ptr error) {
    thrown = error;
    ended = true;
  });
  io.restart();
  const auto until = std::chrono::steady_clock::now() + limit;
  while (!ended && std::chrono::steady_clock::now() < until) io.run_one_until(until);
  if (!ended) throw std::runtime_error("the task hangs");
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace gf::test
