#pragma once
#include <functional>
#include <string>

#include "http/client.hpp"
#include "protocol/error.hpp"
#include "system/paths.hpp"

namespace gf::cli {

/// How the user wants answers.
struct Output {
  bool json = false;
  bool color = false;  ///< the terminal shows colours and NO_COLOR is not set
  bool tty = false;    ///< standard output is a terminal
};

/// One client's talk with gfd. Calls block; errors of the daemon are thrown as they are, Error(daemon_unavailable) when
/// it cannot be reached.
class Session {
 public:
  explicit Session(Paths paths);

  /// Starts gfd when it does not run.
  void ensure_daemon();
  /// Whether gfd answers. Throws Error(daemon_unavailable) when it runs but is stuck, Error(forbidden) when the folder
  /// of its socket is another user's.
  bool alive();

  Json get(const std::string& path);
  Json send(const std::string& method, const std::string& path, const Json& body);
  /// Calls `on_line` for each line of an NDJSON answer until its end, or until it returns false.
  void stream(const std::string& path, const std::function<bool(const Json&)>& on_line);

  net::io_context& io() { return io_; }
  http::Client& client() { return client_; }
  const Paths& paths() const { return paths_; }
  /// Drives `task` to its end.
  void run(Task<> task);

 private:
  Paths paths_;
  net::io_context io_{1};
  http::Client client_;
};

/// The error that a response of the daemon's stands for.
Error error_of(const http::Response& response);

/// An answer of the daemon's that is read while it comes. Throws the daemon's error where it is none.
Task<std::unique_ptr<http::ResponseStream>> open_stream(http::Client& client, std::string path);

}  // namespace gf::cli
