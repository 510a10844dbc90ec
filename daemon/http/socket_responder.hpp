#pragma once
#include <boost/asio/generic/stream_protocol.hpp>
#include <memory>
#include <string>

#include "http/server.hpp"

namespace gf::http {

using Socket = net::generic::stream_protocol::socket;

/// Answers one request on a socket.
class SocketResponder final : public Responder {
 public:
  /// `early`: bytes that came along with the request's head, for who takes an upgrade.
  SocketResponder(Socket& socket, bool keep_alive, std::string early)
      : socket_(socket), keep_alive_(keep_alive), early_(std::move(early)) {}

  Task<> respond(Response response) override;
  Task<> begin(Response head) override;
  Task<> write(std::string piece) override;
  Task<> end() override;
  Task<std::unique_ptr<Stream>> upgrade(Response head) override;
  bool begun() const override { return begun_; }
  bool upgraded() const { return upgraded_; }
  /// Whether the next request may follow on this connection.
  bool reusable() const { return complete_ && keep_alive_ && !upgraded_; }

 private:
  Socket& socket_;
  bool keep_alive_;
  std::string early_;
  bool begun_ = false, complete_ = false, upgraded_ = false;
};

/// Ends when the peer has closed its side; stays for ever once the peer sends more (pipelined or upgraded bytes).
Task<> wait_for_disconnect(Socket& socket, const SocketResponder& responder);

}  // namespace gf::http
