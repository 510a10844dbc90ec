#include "agent/tunnel.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace gf::agent {

using node::FrameType;

namespace {

// Three tries to connect: about seven seconds until an address that does not answer is given up.
constexpr int connect_tries = 2;
// A peer whose node has gone without a word is noticed within a minute, by whoever holds the connection then.
constexpr int keepalive_idle_s = 30, keepalive_interval_s = 10, keepalive_probes = 3;

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

bool parse_address(const node::Dial& dial, Address& address) {
  auto* const four = reinterpret_cast<sockaddr_in*>(&address.storage);
  auto* const six = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (::inet_pton(AF_INET, dial.host.c_str(), &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = htons(dial.port);
    address.size = sizeof *four;
  } else if (::inet_pton(AF_INET6, dial.host.c_str(), &six->sin6_addr) == 1) {
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(dial.port);
    address.size = sizeof *six;
  }
  return address.size > 0;
}

std::string place(const node::Dial& dial) {
  const bool six = dial.host.find(':') != std::string::npos;
  return (six ? '[' + dial.host + ']' : dial.host) + ':' + std::to_string(dial.port);
}

Failure unreachable(const node::Dial& dial, int error) {
  return {"cluster-unavailable", "cannot connect to " + place(dial) + ": " + words(error), ""};
}

void set(int socket, int level, int option, int value) { ::setsockopt(socket, level, option, &value, sizeof value); }

Descriptor open_socket(int family) {
  return Descriptor(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

/// A socket stays in the network in which it was made, the agent goes back to its own.
Descriptor open_socket_within(const Descriptor& network, int family) {
  const Descriptor own(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!own || !network || ::setns(network.get(), CLONE_NEWNET) != 0) return {};
  auto socket = open_socket(family);
  const int error = errno;
  if (::setns(own.get(), CLONE_NEWNET) != 0) std::abort();  // everything else would happen in the pod's network
  errno = error;
  return socket;
}

}  // namespace

Tunnel::Tunnel(int poller, std::uint32_t id, node::Dial dial, ContainerProcesses& processes)
    : poller_(poller), id_(id), dial_(std::move(dial)), inflow_(id) {
  Address address;
  if (!parse_address(dial_, address))
    throw Failure{"bad-request", "cannot connect to " + shown(dial_.host) + ": it is no IP address", ""};
  const int family = address.storage.ss_family;
  socket_ = dial_.container_id.empty() ? open_socket(family)
                                       : open_socket_within(processes.first(dial_.container_id).network, family);
  if (!socket_) throw unreachable(dial_, errno);
  set(socket_.get(), IPPROTO_TCP, TCP_SYNCNT, connect_tries);
  set(socket_.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  set(socket_.get(), SOL_SOCKET, SO_KEEPALIVE, 1);
  set(socket_.get(), IPPROTO_TCP, TCP_KEEPIDLE, keepalive_idle_s);
  set(socket_.get(), IPPROTO_TCP, TCP_KEEPINTVL, keepalive_interval_s);
  set(socket_.get(), IPPROTO_TCP, TCP_KEEPCNT, keepalive_probes);
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0 &&
      errno != EINPROGRESS)
    throw unreachable(dial_, errno);
  watch();
}

void Tunnel::watch() {
  // Without interest the socket leaves the poller: it would report a hang-up again and again.
  std::uint32_t wanted = 0;
  if (connecting_ || inflow_.waiting()) wanted |= EPOLLOUT;
  if (!connecting_ && !input_ended_ && credit_ > 0) wanted |= EPOLLIN;
  if (wanted == watched_) return;
  epoll_event event{};
  event.events = wanted;
  event.data.u32 = id_;
  const int change = wanted == 0 ? EPOLL_CTL_DEL : watched_ == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  ::epoll_ctl(poller_, change, socket_.get(), &event);
  watched_ = wanted;
}

bool Tunnel::open_or_watch() {
  if (input_ended_ && inflow_.ended()) return false;
  watch();
  return true;
}

bool Tunnel::lost(std::string& out) {
  node::append_frame(out, FrameType::reset, id_);
  return false;
}

bool Tunnel::connected(std::string& out) {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) {
    node::append_frame(out, FrameType::failed, id_, encode(unreachable(dial_, error)));
    return false;
  }
  if (!handover_.begin(poller_, id_, dial_, socket_.get())) return opened(out);
  // Closing would not do that: the daemon has the same socket by now.
  ::epoll_ctl(poller_, EPOLL_CTL_DEL, socket_.get(), nullptr);
  watched_ = 0;
  return true;
}

bool Tunnel::handed_over(std::string& out) {
  const auto outcome = handover_.outcome();
  if (outcome == Handover::Outcome::waits) return true;
  if (outcome == Handover::Outcome::taken) {
    node::append_frame(out, FrameType::done, id_, encode(node::Dialled{true}));
    return false;
  }
  handover_ = Handover();
  return opened(out);
}

bool Tunnel::opened(std::string& out) {
  connecting_ = false;
  node::append_frame(out, FrameType::done, id_, encode(node::Dialled{false}));
  return flush(out);
}

bool Tunnel::on_events(std::uint32_t events, int pieces, std::string& out) {
  if (handover_.under_way()) return handed_over(out);
  if (connecting_) return connected(out);
  if ((events & (EPOLLOUT | EPOLLERR)) && inflow_.waiting() && !flush(out)) return false;
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) && !input_ended_ && credit_ > 0) return receive(pieces, out);
  return open_or_watch();
}

bool Tunnel::receive(int pieces, std::string& out) {
  static char buffer[node::piece_size];
  for (; pieces > 0 && credit_ > 0; --pieces) {
    const auto got = ::recv(socket_.get(), buffer, std::min<std::size_t>(sizeof buffer, credit_), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) break;
    if (got < 0) return lost(out);
    if (got == 0) {
      input_ended_ = true;
      node::append_frame(out, FrameType::finish, id_);
      break;
    }
    credit_ -= static_cast<std::uint32_t>(got);
    node::append_frame(out, FrameType::data, id_, std::string_view(buffer, static_cast<std::size_t>(got)));
  }
  return open_or_watch();
}

bool Tunnel::flush(std::string& out) { return inflow_.flush(socket_.get(), out) ? open_or_watch() : lost(out); }

bool Tunnel::on_data(std::string_view bytes, std::string& out) {
  inflow_.add(bytes);
  return connecting_ || flush(out);
}

bool Tunnel::on_finish(std::string& out) {
  inflow_.finish();
  return connecting_ || flush(out);
}

bool Tunnel::on_window(std::uint32_t bytes) {
  credit_ += bytes;
  return open_or_watch();
}

void Tunnel::abort() {
  const linger now{1, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

}  // namespace gf::agent
