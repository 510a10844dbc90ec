#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace gf {

namespace net = boost::asio;

/// A coroutine of ours. It runs on the one io thread and is cancelled through Asio's per-operation cancellation.
/// House rule (g++ 12.2 miscompiles the rest): name what owns memory, then await it.
template <class T = void>
using Task = net::awaitable<T>;

using Executor = net::any_io_executor;

}  // namespace gf
