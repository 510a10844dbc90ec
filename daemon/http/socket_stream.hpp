#pragma once
#include <boost/asio/ip/tcp.hpp>

#include "http/stream.hpp"

namespace gf::http {

/// A TCP connection as a byte stream. Closed (or destroyed) before both sides have finished it is reset: the peer is
/// not to take what it has received for the whole.
class SocketStream final : public Stream {
 public:
  explicit SocketStream(net::ip::tcp::socket socket);
  ~SocketStream() override;
  Task<std::size_t> read_some(char* buffer, std::size_t size) override;
  Task<> write(std::string_view bytes) override;
  Task<> finish_writing() override;
  void close() override;

 private:
  net::ip::tcp::socket socket_;
  bool peer_finished_ = false, finished_ = false;
};

}  // namespace gf::http
