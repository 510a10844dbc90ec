#include "http/socket_responder.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>
#include <cstring>

namespace gf::http {

namespace bhttp = boost::beast::http;

namespace {

constexpr auto quietly = net::as_tuple(net::use_awaitable);

/// The connection after an upgrade, with the bytes that came along with the request's head.
class UpgradedStream final : public Stream {
 public:
  UpgradedStream(Socket& socket, std::string early) : socket_(socket), early_(std::move(early)) {}

  Task<std::size_t> read_some(char* buffer, std::size_t size) override {
    if (!early_.empty()) {
      const auto count = std::min(size, early_.size());
      std::memcpy(buffer, early_.data(), count);
      early_.erase(0, count);
      co_return count;
    }
    const auto [error, count] = co_await socket_.async_read_some(net::buffer(buffer, size), quietly);
    if (error == net::error::eof) co_return 0;
    if (error) throw boost::system::system_error(error);
    co_return count;
  }
  Task<> write(std::string_view bytes) override {
    co_await net::async_write(socket_, net::buffer(bytes.data(), bytes.size()), net::use_awaitable);
  }
  Task<> finish_writing() override {
    boost::system::error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    co_return;
  }
  void close() override {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

 private:
  Socket& socket_;
  std::string early_;
};

template <class Body>
void fill(bhttp::response<Body>& message, const Response& head, bool keep_alive) {
  message.version(11);
  message.result(static_cast<unsigned>(head.status));
  for (const auto& [name, value] : head.headers.all()) message.set(name, value);
  message.keep_alive(keep_alive);
}

}  // namespace

Task<> SocketResponder::respond(Response response) {
  begun_ = true;
  bhttp::response<bhttp::string_body> message;
  fill(message, response, keep_alive_);
  message.body() = std::move(response.body);
  message.prepare_payload();
  co_await bhttp::async_write(socket_, message, net::use_awaitable);
  complete_ = true;
}

Task<> SocketResponder::begin(Response head) {
  begun_ = true;
  bhttp::response<bhttp::empty_body> message;
  fill(message, head, keep_alive_);
  message.chunked(true);
  bhttp::response_serializer<bhttp::empty_body> serializer(message);
  co_await bhttp::async_write_header(socket_, serializer, net::use_awaitable);
}

Task<> SocketResponder::write(std::string piece) {
  if (piece.empty()) co_return;  // an empty chunk would be the end
  const auto chunk = bhttp::make_chunk(net::buffer(piece));
  co_await net::async_write(socket_, chunk, net::use_awaitable);
}

Task<> SocketResponder::end() {
  const auto last = bhttp::make_chunk_last();
  co_await net::async_write(socket_, last, net::use_awaitable);
  complete_ = true;
}

Task<std::unique_ptr<Stream>> SocketResponder::upgrade(Response head) {
  begun_ = upgraded_ = true;
  head.status = 101;
  bhttp::response<bhttp::empty_body> message;
  fill(message, head, true);
  co_await bhttp::async_write(socket_, message, net::use_awaitable);
  co_return std::make_unique<UpgradedStream>(socket_, std::move(early_));
}

Task<> wait_for_disconnect(Socket& socket, const SocketResponder& responder) {
  co_await socket.async_wait(Socket::wait_read, net::use_awaitable);
  char byte = 0;
  const auto seen = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (seen == 0 && !responder.upgraded()) co_return;
  net::steady_timer never(socket.get_executor(), net::steady_timer::time_point::max());
  co_await never.async_wait(net::use_awaitable);
}

}  // namespace gf::http
