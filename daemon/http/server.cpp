#include "http/server.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "core/with_timeout.hpp"
#include "http/socket_responder.hpp"
#include "protocol/error.hpp"

namespace gf::http {

namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using LocalAcceptor = net::local::stream_protocol::acceptor;
using LoopbackAcceptor = net::ip::tcp::acceptor;
using Parser = bhttp::request_parser<bhttp::string_body>;

namespace {

constexpr auto quietly = net::as_tuple(net::use_awaitable);
/// How long a peer that was refused may go on sending.
constexpr auto linger = std::chrono::seconds(1);

Response error_response(const Error& error, int status) {
  Response response;
  response.status = status;
  response.headers.set("Content-Type", "application/json");
  response.body = dump(Json{{"error", to_json(error)}}) + "\n";
  return response;
}

/// Reads away what the peer still sends: a socket that is closed with unread bytes resets its peer, which then may not
/// see the answer.
Task<> drain(Socket& socket) {
  std::string away(64 << 10, '\0');
  for (;;) {
    const auto [error, count] = co_await socket.async_read_some(net::buffer(away), quietly);
    if (error == net::error::operation_aborted) throw boost::system::system_error(error);
    if (error) co_return;
  }
}

template <class Acceptor>
void open(Acceptor& acceptor, const typename Acceptor::endpoint_type& endpoint, boost::system::error_code& error) {
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(net::socket_base::max_listen_connections, error);
}

/// What a failed parse is answered with; status 0 = nothing, the peer is gone.
Response parse_failure(const boost::system::error_code& error) {
  if (error == bhttp::error::header_limit)
    return error_response(Error(ErrorCode::bad_request, "cannot read the request: its head is too large"), 431);
  if (error == bhttp::error::body_limit)
    return error_response(Error(ErrorCode::payload_too_large, "cannot read the request: its body is too large"), 413);
  if (error.category() == bhttp::make_error_code(bhttp::error::bad_method).category() &&
      error != bhttp::error::end_of_stream && error != bhttp::error::partial_message)
    return error_response(Error(ErrorCode::bad_request, "cannot read the request: " + error.message()), 400);
  Response nothing;
  nothing.status = 0;
  return nothing;
}

}  // namespace

struct Server::State {
  Executor executor;
  std::string path;
  Handler handler;
  ServerLimits limits;
  SystemClock clock;
  LocalAcceptor local;
  LoopbackAcceptor loopback;  ///< one of the two is open
  TaskGroup connections;

  State(Executor executor_, std::string path_, Handler handler_, ServerLimits limits_)
      : executor(executor_),
        path(std::move(path_)),
        handler(std::move(handler_)),
        limits(limits_),
        local(executor_),
        loopback(executor_),
        connections(executor_) {}

  template <class Acceptor>
  static Task<> accept(State& state, Acceptor& acceptor);
  static Task<> serve(State& state, Socket socket);
  static Task<> read_head(Socket& socket, beast::flat_buffer& buffer, Parser& parser,
                          boost::system::error_code& failed);
  static Task<bool> answer(State& state, Socket& socket, Parser& parser, std::string early);
  static Task<> refuse(State& state, Socket& socket, Response response);
  bool is_ours(Socket& socket) const {
    if (loopback.is_open()) return true;
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::getuid();
  }
};

Server::Server(Executor executor, std::string socket_path, Handler handler, ServerLimits limits)
    : state_(std::make_shared<State>(executor, std::move(socket_path), std::move(handler), limits)) {
  if (state_->path.size() >= sizeof sockaddr_un::sun_path)
    throw Error(ErrorCode::daemon_unavailable, "cannot listen on " + state_->path + ": the path is too long",
                "set XDG_RUNTIME_DIR to a shorter one");
  // The mode must be right before anybody can connect: made by umask, not by a chmod afterwards.
  const auto before = ::umask(0177);
  boost::system::error_code error;
  const net::local::stream_protocol::endpoint endpoint(state_->path);
  open(state_->local, endpoint, error);
  ::umask(before);
  if (error) throw Error(ErrorCode::daemon_unavailable, "cannot listen on " + state_->path + ": " + error.message());
}

Server::Server(Executor executor, Handler handler, ServerLimits limits)
    : state_(std::make_shared<State>(executor, std::string(), std::move(handler), limits)) {
  boost::system::error_code error;
  open(state_->loopback, LoopbackAcceptor::endpoint_type(net::ip::address_v4::loopback(), 0), error);
  if (error) throw Error(ErrorCode::daemon_unavailable, "cannot listen on 127.0.0.1: " + error.message());
}

Server::~Server() = default;

int Server::port() const {
  return state_->loopback.is_open() ? static_cast<int>(state_->loopback.local_endpoint().port()) : 0;
}

void Server::start() {
  auto accepting =
      state_->loopback.is_open() ? State::accept(*state_, state_->loopback) : State::accept(*state_, state_->local);
  state_->connections.spawn("accept", std::move(accepting));
}

Task<> Server::stop() {
  boost::system::error_code ignored;
  state_->local.close(ignored);
  state_->loopback.close(ignored);
  if (!state_->path.empty()) ::unlink(state_->path.c_str());
  co_await state_->connections.stop();
}

template <class Acceptor>
Task<> Server::State::accept(State& state, Acceptor& acceptor) {
  while (true) {
    auto [error, socket] = co_await acceptor.async_accept(quietly);
    if (error == net::error::operation_aborted) co_return;
    if (error) {
      // Out of descriptors: the connection waits in the backlog until one is free again.
      co_await state.clock.sleep_for(std::chrono::milliseconds(50));
      continue;
    }
    auto serving = serve(state, Socket(std::move(socket)));
    state.connections.spawn("connection", std::move(serving));
  }
}

Task<> Server::State::read_head(Socket& socket, beast::flat_buffer& buffer, Parser& parser,
                                boost::system::error_code& failed) {
  const auto [error, count] = co_await bhttp::async_read_header(socket, buffer, parser, quietly);
  failed = error;
}

/// Answers, and closes in such a way that the peer sees the answer even while it is still sending.
Task<> Server::State::refuse(State& state, Socket& socket, Response response) {
  SocketResponder refusal(socket, false, {});
  co_await refusal.respond(std::move(response));
  boost::system::error_code ignored;
  socket.shutdown(Socket::shutdown_send, ignored);
  auto draining = drain(socket);
  auto limited = with_timeout(state.clock, linger, "cannot wait longer for the peer's end", std::move(draining));
  co_await std::move(limited);
}

Task<> Server::State::serve(State& state, Socket socket) {
  if (!state.is_ours(socket)) {
    auto response = error_response(Error(ErrorCode::forbidden, "cannot talk to another user's daemon"), 403);
    co_await refuse(state, socket, std::move(response));
    co_return;
  }
  if (state.connections.size() > state.limits.connections) {
    auto response = error_response(Error(ErrorCode::daemon_unavailable, "cannot take more connections"), 503);
    co_await refuse(state, socket, std::move(response));
    co_return;
  }
  beast::flat_buffer buffer;
  while (true) {
    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(state.limits.header_bytes));
    parser.body_limit(state.limits.body_bytes);
    // An idle connection may wait for its next request for ever; a head that has begun must come to its end.
    if (buffer.size() == 0) co_await socket.async_wait(Socket::wait_read, net::use_awaitable);
    boost::system::error_code failed;
    auto reading = read_head(socket, buffer, parser, failed);
    auto limited =
        with_timeout(state.clock, state.limits.header_time, "cannot wait longer for the request", std::move(reading));
    co_await std::move(limited);
    if (!failed) {
      const auto [error, count] = co_await bhttp::async_read(socket, buffer, parser, quietly);
      failed = error;
    }
    if (failed) {
      auto response = parse_failure(failed);
      if (response.status != 0) co_await refuse(state, socket, std::move(response));
      co_return;
    }
    std::string early;
    if (parser.get().find(bhttp::field::upgrade) != parser.get().end()) {
      early = std::string(static_cast<const char*>(buffer.data().data()), buffer.size());
      buffer.consume(buffer.size());
    }
    auto answering = answer(state, socket, parser, std::move(early));
    const bool again = co_await std::move(answering);
    if (!again) co_return;
  }
}

Task<bool> Server::State::answer(State& state, Socket& socket, Parser& parser, std::string early) {
  const auto& message = parser.get();
  Request request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  for (const auto& field : message) request.headers.set(std::string(field.name_string()), std::string(field.value()));
  request.body = message.body();
  SocketResponder responder(socket, message.keep_alive(), std::move(early));

  auto handling = state.handler(request, responder);
  auto watching = wait_for_disconnect(socket, responder);
  auto group =
      net::experimental::make_parallel_group(net::co_spawn(state.executor, std::move(handling), net::deferred),
                                             net::co_spawn(state.executor, std::move(watching), net::deferred));
  const auto [order, failed, gone] = co_await group.async_wait(net::experimental::wait_for_one(), net::use_awaitable);
  if (order[0] == 1) co_return false;  // the client went away; the handler was cancelled and has ended
  if (!failed) co_return responder.reusable();
  if (responder.begun()) co_return false;
  const auto error = error_from(failed);
  auto response = error_response(error, http_status(error.code()));
  co_await responder.respond(std::move(response));
  co_return responder.reusable();
}

}  // namespace gf::http
