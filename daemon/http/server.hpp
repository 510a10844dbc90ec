#pragma once
#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>

#include "core/task_group.hpp"
#include "http/message.hpp"
#include "http/stream.hpp"

namespace gf::http {

/// The answer side of one request. Exactly one of respond(), begin() … end() or upgrade() is used.
class Responder {
 public:
  virtual ~Responder() = default;
  virtual Task<> respond(Response response) = 0;
  /// Begins a chunked answer; write() sends a piece and waits until the peer takes it (slow readers wait alone).
  virtual Task<> begin(Response head) = 0;
  virtual Task<> write(std::string piece) = 0;
  virtual Task<> end() = 0;
  /// Answers 101 and hands the raw connection over.
  virtual Task<std::unique_ptr<Stream>> upgrade(Response head) = 0;
  /// True once something was sent: an error can then no longer become a response.
  virtual bool begun() const = 0;
};

/// What is done with a request. A gf::Error thrown before anything was sent becomes its JSON response
/// ({"error": {...}} with the code's HTTP status); whatever else is thrown becomes `internal`.
/// A client that goes away makes write() throw; a handler that only waits is cancelled when its client disconnects.
using Handler = std::function<Task<>(const Request&, Responder&)>;

struct ServerLimits {
  std::size_t header_bytes = 16 << 10;
  std::size_t body_bytes = 4 << 20;
  std::size_t connections = 1024;        ///< further ones are answered 503 and closed
  std::chrono::seconds header_time{10};  ///< a head must be complete by then
};

/// HTTP/1.1. Malformed requests are answered 400, oversized ones 413 (body) or 431 (head), and closed.
class Server {
 public:
  /// On a Unix socket, for peers of the same user (SO_PEERCRED); others are closed with 403. Binds `socket_path`
  /// (removing a stale socket is the caller's decision) with mode 0600 and listens.
  /// Throws Error(daemon_unavailable) when it cannot.
  Server(Executor executor, std::string socket_path, Handler handler, ServerLimits limits = {});
  /// On a free port of 127.0.0.1, where any user's programs may knock: `handler` has to know whom it answers.
  /// Throws Error(daemon_unavailable) when there is none.
  Server(Executor executor, Handler handler, ServerLimits limits = {});
  ~Server();

  int port() const;  ///< 0 on a Unix socket
  /// Accepts until stop().
  void start();
  /// Stops accepting, cancels the handlers, waits for them, removes the socket file.
  Task<> stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gf::http
