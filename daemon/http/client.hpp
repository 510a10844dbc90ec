#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/clock.hpp"
#include "http/message.hpp"
#include "http/stream.hpp"

namespace gf::http {

/// PEM texts. With `certificate` and `key` the client authenticates itself.
struct Tls {
  std::string ca, certificate, key;
  std::string server_name;  ///< what the server's certificate must name; empty = the host
};

/// Where a server listens: a Unix socket (`unix_path`) or host:port, the latter with TLS when `tls` is set.
struct Endpoint {
  std::string unix_path;
  std::string host;
  int port = 0;
  std::optional<Tls> tls;
};

/// A response whose body arrives in pieces.
class ResponseStream {
 public:
  virtual ~ResponseStream() = default;
  virtual const Response& head() const = 0;  ///< status and headers; body empty
  /// The next piece of the body; nullopt at its end.
  virtual Task<std::optional<std::string>> read() = 0;
  /// The next line without its '\n'; nullopt at the end. A line over `most` bytes throws Error(payload_too_large).
  virtual Task<std::optional<std::string>> read_line(std::size_t most = 16 << 20) = 0;
  virtual void close() = 0;
};

/// Produces the body of an upload piece by piece; nullopt ends it.
using BodySource = std::function<Task<std::optional<std::string>>()>;

/// HTTP/1.1 client of one server. Keeps idle connections and uses them again; a request on a connection that the
/// server closed meanwhile is sent once more on a new one. Any number of requests at once.
/// Connection failures throw boost::system::system_error; a response of any status is a value, not an error.
class Client {
 public:
  Client(Executor executor, Endpoint endpoint);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Task<Response> send(Request request);
  /// Sends and returns as soon as the head is there. `source` (chunked upload) may be empty.
  Task<std::unique_ptr<ResponseStream>> open(Request request, BodySource source = {});
  /// Sends with the caller's Upgrade headers and returns the raw stream after 101 (or 200, as Docker answers).
  /// Any other status throws Error(internal) whose cause is the response body.
  Task<std::unique_ptr<Stream>> upgrade(Request request);
  /// Closes idle connections.
  void close_idle();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gf::http
