#pragma once
#include <doctest/doctest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <fstream>
#include <string>

#include "core/task_group.hpp"
#include "support/temporary_folder.hpp"

namespace gf::test {

/// Certificates made by openssl in a folder of their own, each as NAME.pem and NAME.key.
class Certificates {
 public:
  /// Signs itself.
  void authority(const std::string& name) const { make(name, "-addext basicConstraints=critical,CA:TRUE"); }
  /// For 127.0.0.1 and the host name "node.test".
  void issue(const std::string& name, const std::string& authority) const {
    make(name, "-CA " + authority + ".pem -CAkey " + authority +
                   ".key -addext basicConstraints=critical,CA:FALSE -addext "
                   "subjectAltName=IP:127.0.0.1,DNS:node.test");
  }
  std::string path(const std::string& file) const { return (folder_.path() / file).string(); }
  std::string text(const std::string& file) const {
    std::ifstream stream(path(file));
    return {std::istreambuf_iterator<char>(stream), {}};
  }

 private:
  void make(const std::string& name, const std::string& more) const {
    const auto command =
        "cd '" + folder_.path().string() +
        "' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2 -subj /CN=" + name +
        " -keyout " + name + ".key -out " + name + ".pem " + more + " 2>openssl.log";
    REQUIRE(std::system(command.c_str()) == 0);
  }
  TemporaryFolder folder_;
};

/// A real TLS server on a port of its own that wants a client certificate of `client_authority`, as a Kubernetes API
/// server does, and answers every request with the name in that certificate.
class TlsServer {
 public:
  TlsServer(Executor executor, const Certificates& certificates, const std::string& name,
            const std::string& client_authority)
      : context_(net::ssl::context::tls_server),
        acceptor_(executor, net::ip::tcp::endpoint(net::ip::address_v4::loopback(), 0)),
        serving_(executor) {
    context_.use_certificate_chain_file(certificates.path(name + ".pem"));
    context_.use_private_key_file(certificates.path(name + ".key"), net::ssl::context::pem);
    context_.load_verify_file(certificates.path(client_authority + ".pem"));
    context_.set_verify_mode(net::ssl::verify_peer | net::ssl::verify_fail_if_no_peer_cert);
    serving_.spawn("accept", accept());
  }
  int port() const { return acceptor_.local_endpoint().port(); }
  int handshakes() const { return handshakes_; }
  Task<> stop() { return serving_.stop(); }

 private:
  using Stream = net::ssl::stream<net::ip::tcp::socket>;

  Task<> accept() {
    for (;;) {
      auto socket = co_await acceptor_.async_accept(net::use_awaitable);
      serving_.spawn("serve", serve(std::make_unique<Stream>(std::move(socket), context_)));
    }
  }

  Task<> serve(std::unique_ptr<Stream> stream) {
    const auto quietly = net::as_tuple(net::use_awaitable);
    const auto [refused] = co_await stream->async_handshake(net::ssl::stream_base::server, quietly);
    if (refused) co_return;
    ++handshakes_;
    const auto body = name_of_peer(*stream);
    const auto answer = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    std::string request, piece(4096, '\0');
    for (;;) {
      const auto [error, count] = co_await stream->async_read_some(net::buffer(piece), quietly);
      if (error) co_return;
      request += piece.substr(0, count);
      if (request.find("\r\n\r\n") == std::string::npos) continue;
      request.clear();
      co_await net::async_write(*stream, net::buffer(answer), net::use_awaitable);
    }
  }

  static std::string name_of_peer(Stream& stream) {
    char name[64] = "";
    X509* certificate = SSL_get1_peer_certificate(stream.native_handle());
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
    X509_free(certificate);
    return name;
  }

  net::ssl::context context_;
  net::ip::tcp::acceptor acceptor_;
  TaskGroup serving_;
  int handshakes_ = 0;
};

}  // namespace gf::test
