#include "forward/relay.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <vector>

#include "core/when_all.hpp"

namespace gf::forward {

namespace {

// Not zeroed, and so not resident until used: a thousand idle connections cost little.
constexpr std::size_t buffer_size = 256 * 1024;

Task<> carry(http::Stream& from, http::Stream& to) {
  const auto buffer = std::make_unique_for_overwrite<char[]>(buffer_size);
  for (;;) {
    const auto got = co_await from.read_some(buffer.get(), buffer_size);
    if (got == 0) break;
    const std::string_view bytes(buffer.get(), got);
    co_await to.write(bytes);
  }
  co_await to.finish_writing();
}

}  // namespace

SocketStream::SocketStream(net::ip::tcp::socket socket) : socket_(std::move(socket)) {
  boost::system::error_code ignored;
  socket_.set_option(net::ip::tcp::no_delay(true), ignored);
  socket_.set_option(net::socket_base::keep_alive(true), ignored);
}

Task<std::size_t> SocketStream::read_some(char* buffer, std::size_t size) {
  const auto into = net::buffer(buffer, size);
  const auto [error, got] = co_await socket_.async_read_some(into, net::as_tuple(net::use_awaitable));
  if (error && error != net::error::eof) throw boost::system::system_error(error);
  co_return got;
}

Task<> SocketStream::write(std::string_view bytes) {
  const auto from = net::buffer(bytes);
  co_await net::async_write(socket_, from, net::use_awaitable);
}

Task<> SocketStream::finish_writing() {
  boost::system::error_code ignored;  // a peer that is gone already has nothing to be told
  socket_.shutdown(net::ip::tcp::socket::shutdown_send, ignored);
  co_return;
}

void SocketStream::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void SocketStream::abort() {
  boost::system::error_code ignored;
  socket_.set_option(net::socket_base::linger(true, 0), ignored);
  close();
}

Task<> relay(SocketStream& client, http::Stream& service) {
  std::vector<Task<>> both;
  both.push_back(carry(client, service));
  both.push_back(carry(service, client));
  auto carrying = when_all(std::move(both));
  co_await std::move(carrying);
}

}  // namespace gf::forward
