#include "forward/listener.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/v6_only.hpp>

#include "forward/relay.hpp"
#include "http/socket_stream.hpp"

namespace gf::forward {

using net::ip::tcp;

namespace {

boost::system::error_code listen(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  boost::system::error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(net::socket_base::reuse_address(true), error);
  if (!error && endpoint.protocol() == tcp::v6()) acceptor.set_option(net::ip::v6_only(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(net::socket_base::max_listen_connections, error);
  boost::system::error_code ignored;
  if (error) acceptor.close(ignored);
  return error;
}

}  // namespace

std::optional<LocalPort> take_port(Executor executor, int port) {
  LocalPort held{tcp::acceptor(executor), tcp::acceptor(executor)};
  const auto number = static_cast<std::uint16_t>(port);
  if (listen(held.four, tcp::endpoint(net::ip::address_v4::loopback(), number))) return std::nullopt;
  // "localhost" may mean ::1 first: when another program listens there, its users would reach that.
  const auto error = listen(held.six, tcp::endpoint(net::ip::address_v6::loopback(), number));
  if (error == net::error::address_in_use) return std::nullopt;
  return held;
}

Listener::Listener(Executor executor, Clock& clock, const Visits& visits, Route route, int port, LocalPort held)
    : clock_(clock),
      visits_(visits),
      route_(std::move(route)),
      port_(port),
      held_(std::move(held)),
      accepting_(executor),
      connections_(executor) {
  accepting_.spawn("127.0.0.1", accept(held_.four));
  if (held_.six.is_open()) accepting_.spawn("::1", accept(held_.six));
}

Task<> Listener::accept(tcp::acceptor& acceptor) {
  constexpr auto pause = std::chrono::milliseconds(100);
  for (;;) {
    auto [error, socket] = co_await acceptor.async_accept(net::as_tuple(net::use_awaitable));
    if (error == net::error::operation_aborted) co_return;
    if (error) {
      // Out of descriptors: the connection stays in the queue until others have ended.
      co_await clock_.sleep_for(pause);
      continue;
    }
    connections_.spawn("a connection", serve(std::move(socket)));
  }
}

Task<> Listener::serve(tcp::socket socket) {
  // Both connections are reset unless they come to their ends.
  http::SocketStream client(std::move(socket));
  const auto visit = visits_.begin(route_.spec().name);
  std::unique_ptr<http::Stream> service;
  try {
    auto admitting = visits_.admit(route_.spec().name);
    co_await std::move(admitting);
    auto connecting = route_.connect();
    service = co_await std::move(connecting);
    auto carrying = relay(client, *service);
    co_await std::move(carrying);
  } catch (const std::exception&) {
    // Why it failed stands in the route, or was told by who did not admit it; a connection that breaks is its two ends'
    // affair.
  }
}

Task<> Listener::stop() {
  boost::system::error_code ignored;
  held_.four.close(ignored);
  held_.six.close(ignored);
  co_await accepting_.stop();
  co_await connections_.stop();
}

}  // namespace gf::forward
