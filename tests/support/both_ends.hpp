#pragma once
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <string>

#include "core/task.hpp"
#include "http/stream.hpp"

// Both ends of a connection that a link dials: its stream, and the socket of the server.
namespace gf::test {

inline Task<std::string> read_all(http::Stream& stream) {
  std::string all, buffer(8192, '\0');
  for (;;) {
    const auto got = co_await stream.read_some(buffer.data(), buffer.size());
    if (got == 0) break;
    all.append(buffer, 0, got);
  }
  co_return all;
}

inline Task<std::string> read_all(net::ip::tcp::socket& socket) {
  std::string all;
  auto into = net::dynamic_buffer(all);
  co_await net::async_read(socket, into, net::as_tuple(net::use_awaitable));
  co_return all;
}

inline Task<> write_all(net::ip::tcp::socket& socket, std::string bytes) {
  const auto buffer = net::buffer(bytes);
  co_await net::async_write(socket, buffer, net::use_awaitable);
}

}  // namespace gf::test
