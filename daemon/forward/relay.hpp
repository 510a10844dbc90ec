#pragma once
#include <boost/asio/ip/tcp.hpp>

#include "http/stream.hpp"

namespace gf::forward {

/// A TCP connection as a byte stream.
class SocketStream final : public http::Stream {
 public:
  explicit SocketStream(net::ip::tcp::socket socket);
  Task<std::size_t> read_some(char* buffer, std::size_t size) override;
  Task<> write(std::string_view bytes) override;
  Task<> finish_writing() override;
  void close() override;
  /// As close(), but the peer sees a reset instead of an ordinary end: what it has received is not the whole.
  void abort();

 private:
  net::ip::tcp::socket socket_;
};

/// Carries bytes both ways until both sides have finished; each end is passed on by itself (half-close).
/// When either side fails, the other way ends too and the failure is thrown. The caller closes both then.
Task<> relay(SocketStream& client, http::Stream& service);

}  // namespace gf::forward
