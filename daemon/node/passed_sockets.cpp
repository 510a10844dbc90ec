#include "node/passed_sockets.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstring>

#include "core/digest.hpp"
#include "http/socket_stream.hpp"
#include "node/messages.hpp"
#include "protocol/error.hpp"

namespace gf::node {

namespace {

using net::ip::tcp;

constexpr const char* socket_name = "gfd.sock";

int option(int descriptor, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

bool is_connection(int descriptor) {
  const int family = option(descriptor, SO_DOMAIN);
  return (family == AF_INET || family == AF_INET6) && option(descriptor, SO_PROTOCOL) == IPPROTO_TCP;
}

/// What a peer has sent in one message: a ticket, and a connection beside it. -1 when it is none.
int receive_from(int peer, std::string& ticket) {
  ticket.resize(ticket_size);
  iovec bytes{ticket.data(), ticket.size()};
  int descriptor = -1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptor)> control{};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = CMSG_LEN(sizeof descriptor);  // not the space, in which there would be room for a second one
  const auto got = ::recvmsg(peer, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  const auto* const head = got < 0 ? nullptr : CMSG_FIRSTHDR(&message);
  if (!head || head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS ||
      head->cmsg_len != CMSG_LEN(sizeof descriptor))
    return -1;
  std::memcpy(&descriptor, CMSG_DATA(head), sizeof descriptor);
  ticket.resize(static_cast<std::size_t>(got));
  if (is_connection(descriptor)) return descriptor;
  ::close(descriptor);
  return -1;
}

}  // namespace

PassedSockets::PassedSockets(Executor executor, Clock& clock, LinkFolder folder)
    : executor_(executor), clock_(clock), folder_(std::move(folder)), acceptor_(executor), tasks_(executor) {}

void PassedSockets::open() {
  if (acceptor_.is_open() || folder_.here.empty()) return;
  const int folder = ::open(folder_.here.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  // By way of its descriptor: the path of a socket may have 107 bytes, and that of a home folder is anybody's choice.
  const auto path = "/proc/self/fd/" + std::to_string(folder) + '/' + socket_name;
  ::unlink(path.c_str());  // that of a daemon before us
  boost::system::error_code error;
  acceptor_.open(Unix(), error);
  if (!error) acceptor_.bind(Unix::endpoint(path), error);
  if (!error && ::chmod(path.c_str(), 0600) != 0) error.assign(errno, boost::system::system_category());
  if (!error) acceptor_.listen(net::socket_base::max_listen_connections, error);
  ::close(folder);
  boost::system::error_code ignored;
  if (error)
    acceptor_.close(ignored);
  else
    tasks_.spawn("sockets of agents", accept());
}

void PassedSockets::close() {
  tasks_.cancel();  // first: a task that ended by the other would be gone when its cancellation arrives
  boost::system::error_code ignored;
  acceptor_.close(ignored);
}

Task<> PassedSockets::stop() {
  close();
  co_await tasks_.stop();
}

Task<> PassedSockets::accept() {
  constexpr auto pause = std::chrono::milliseconds(100);
  for (;;) {
    auto [error, peer] = co_await acceptor_.async_accept(net::as_tuple(net::use_awaitable));
    if (error == net::error::operation_aborted) co_return;
    if (error) {
      // Out of descriptors: agents wait, and then send through their streams.
      co_await clock_.sleep_for(pause);
      continue;
    }
    tasks_.spawn("an agent's socket", receive(std::move(peer)));
  }
}

Task<> PassedSockets::receive(Unix::socket peer) {
  // Without a limit: an agent sends at once or dies, and then this ends.
  co_await peer.async_wait(Unix::socket::wait_read, net::use_awaitable);
  std::string ticket;
  const int socket = receive_from(peer.native_handle(), ticket);
  if (socket < 0) co_return;
  const auto found = expected_.find(ticket);
  if (found == expected_.end()) {
    ::close(socket);
    co_return;
  }
  found->second->socket_ = socket;
  expected_.erase(found);
  // One that has given up meanwhile goes on with its stream, and our copy ends with who expected it.
  ::send(peer.native_handle(), &ticket_taken, sizeof ticket_taken, MSG_NOSIGNAL | MSG_DONTWAIT);
}

ExpectedSocket::ExpectedSocket(PassedSockets* from) : from_(from) {
  if (!from_ || !from_->acceptor_.is_open()) return;
  place_ = from_->folder_.in_node + '/' + socket_name;
  ticket_ = random_alnum(ticket_size);
  from_->expected_.emplace(ticket_, this);
}

ExpectedSocket::~ExpectedSocket() {
  if (!ticket_.empty()) from_->expected_.erase(ticket_);
  if (socket_ >= 0) ::close(socket_);
}

std::unique_ptr<http::Stream> ExpectedSocket::take() {
  if (socket_ < 0)
    throw Error(ErrorCode::cluster_unavailable, "cannot use a connection: its node has not given what it says it has");
  // Not before: Asio's poller would keep a socket that we close while the agent, which goes on with it, has it too.
  tcp::socket socket(from_->executor_);
  socket.assign(option(socket_, SO_DOMAIN) == AF_INET ? tcp::v4() : tcp::v6(), socket_);
  socket_ = -1;
  return std::make_unique<http::SocketStream>(std::move(socket));
}

}  // namespace gf::node
