#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "core/task_group.hpp"
#include "forward/route.hpp"

namespace gf::forward {

/// A port of this machine's loopback addresses, held.
struct LocalPort {
  net::ip::tcp::acceptor four, six;  ///< `six` is closed where the machine has no IPv6
};
/// Nothing when another program has it on either address.
std::optional<LocalPort> take_port(Executor executor, int port);

/// Who hears of connections.
struct Visits {
  /// A connection through the forward begins; it ends when what this returns does.
  std::function<std::shared_ptr<const void>(const std::string& forward)> begin;
  /// Resumes when whoever is behind the forward is awake; throws when the connection is to be closed.
  std::function<Task<>(std::string forward)> admit;
};

/// Accepts on one localhost port and carries each connection over one route. stop() before it dies.
class Listener {
 public:
  Listener(Executor executor, Clock& clock, const Visits& visits, Route route, int port, LocalPort held);

  int port() const { return port_; }
  Route& route() { return route_; }
  const Route& route() const { return route_; }
  std::size_t connections() const { return connections_.size(); }
  Task<> stop();

 private:
  Task<> accept(net::ip::tcp::acceptor& acceptor);
  Task<> serve(net::ip::tcp::socket socket);

  Clock& clock_;
  const Visits& visits_;
  Route route_;
  int port_;
  LocalPort held_;
  TaskGroup accepting_, connections_;
};

}  // namespace gf::forward
