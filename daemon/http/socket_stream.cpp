#include "http/socket_stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/write.hpp>

namespace gf::http {

SocketStream::SocketStream(net::ip::tcp::socket socket) : socket_(std::move(socket)) {
  boost::system::error_code ignored;
  socket_.set_option(net::ip::tcp::no_delay(true), ignored);
  socket_.set_option(net::socket_base::keep_alive(true), ignored);
}

SocketStream::~SocketStream() { close(); }

Task<std::size_t> SocketStream::read_some(char* buffer, std::size_t size) {
  const auto into = net::buffer(buffer, size);
  const auto [error, got] = co_await socket_.async_read_some(into, net::as_tuple(net::use_awaitable));
  if (error && error != net::error::eof) throw boost::system::system_error(error);
  peer_finished_ = got == 0;
  co_return got;
}

Task<> SocketStream::write(std::string_view bytes) {
  const auto from = net::buffer(bytes);
  co_await net::async_write(socket_, from, net::use_awaitable);
}

Task<> SocketStream::finish_writing() {
  boost::system::error_code ignored;  // a peer that is gone already has nothing to be told
  socket_.shutdown(net::ip::tcp::socket::shutdown_send, ignored);
  finished_ = true;
  co_return;
}

void SocketStream::close() {
  boost::system::error_code ignored;
  if (!finished_ || !peer_finished_) socket_.set_option(net::socket_base::linger(true, 0), ignored);
  socket_.close(ignored);
}

}  // namespace gf::http
