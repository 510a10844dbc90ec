#include "http/transport.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

namespace gf::http {

namespace {

constexpr auto quietly = net::as_tuple(net::use_awaitable);

template <class Socket>
class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(Socket socket) : socket_(std::move(socket)) {}
  Task<std::size_t> read_some(char* buffer, std::size_t size) override {
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
  Socket socket_;
};

class TlsTransport final : public Transport {
 public:
  TlsTransport(net::ip::tcp::socket socket, const Tls& tls)
      : context_(net::ssl::context::tls_client), stream_(std::move(socket), prepare(context_, tls)) {}

  Task<> handshake(std::string server_name) {
    // IP addresses are checked against the certificate's addresses, not against its names.
    auto* parameters = SSL_get0_param(stream_.native_handle());
    if (X509_VERIFY_PARAM_set1_ip_asc(parameters, server_name.c_str()) != 1) {
      X509_VERIFY_PARAM_set1_host(parameters, server_name.c_str(), server_name.size());
      // The macro of that name casts as C does.
      SSL_ctrl(stream_.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, server_name.data());
    }
    stream_.set_verify_mode(net::ssl::verify_peer);
    co_await stream_.async_handshake(net::ssl::stream_base::client, net::use_awaitable);
  }
  Task<std::size_t> read_some(char* buffer, std::size_t size) override {
    const auto [error, count] = co_await stream_.async_read_some(net::buffer(buffer, size), quietly);
    if (error == net::error::eof || error == net::ssl::error::stream_truncated) co_return 0;
    if (error) throw boost::system::system_error(error);
    co_return count;
  }
  Task<> write(std::string_view bytes) override {
    co_await net::async_write(stream_, net::buffer(bytes.data(), bytes.size()), net::use_awaitable);
  }
  Task<> finish_writing() override { co_await stream_.async_shutdown(quietly); }
  void close() override {
    boost::system::error_code ignored;
    stream_.lowest_layer().close(ignored);
  }

 private:
  static net::ssl::context& prepare(net::ssl::context& context, const Tls& tls) {
    context.add_certificate_authority(net::buffer(tls.ca));
    if (!tls.certificate.empty()) context.use_certificate_chain(net::buffer(tls.certificate));
    if (!tls.key.empty()) context.use_private_key(net::buffer(tls.key), net::ssl::context::pem);
    return context;
  }
  net::ssl::context context_;
  net::ssl::stream<net::ip::tcp::socket> stream_;
};

}  // namespace

Task<std::unique_ptr<Transport>> connect(Executor executor, Endpoint endpoint) {
  if (!endpoint.unix_path.empty()) {
    net::local::stream_protocol::socket socket(executor);
    const net::local::stream_protocol::endpoint address(endpoint.unix_path);
    co_await socket.async_connect(address, net::use_awaitable);
    co_return std::make_unique<PlainTransport<net::local::stream_protocol::socket>>(std::move(socket));
  }
  net::ip::tcp::resolver resolver(executor);
  const auto port = std::to_string(endpoint.port);
  const auto addresses = co_await resolver.async_resolve(endpoint.host, port, net::use_awaitable);
  net::ip::tcp::socket socket(executor);
  co_await net::async_connect(socket, addresses, net::use_awaitable);
  socket.set_option(net::ip::tcp::no_delay(true));
  if (!endpoint.tls) co_return std::make_unique<PlainTransport<net::ip::tcp::socket>>(std::move(socket));
  auto secure = std::make_unique<TlsTransport>(std::move(socket), *endpoint.tls);
  auto shaking = secure->handshake(endpoint.tls->server_name.empty() ? endpoint.host : endpoint.tls->server_name);
  co_await std::move(shaking);
  co_return secure;
}

}  // namespace gf::http
