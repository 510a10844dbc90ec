#include "agent/handover.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

namespace gf::agent {

namespace {

/// The daemon answers in some hundred microseconds. One that does not is better served by a stream.
constexpr itimerspec patience{{0, 0}, {1, 0}};

bool connect_to(const std::string& path, int peer) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return false;
  path.copy(address.sun_path, path.size());
  return ::connect(peer, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

bool watch(int poller, std::uint32_t id, int descriptor) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u32 = id;
  return ::epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

bool send_socket(int peer, std::string ticket, int socket) {
  iovec bytes{ticket.data(), ticket.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof socket)]{};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  auto* const head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof socket);
  std::memcpy(CMSG_DATA(head), &socket, sizeof socket);
  return ::sendmsg(peer, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(ticket.size());
}

}  // namespace

bool Handover::begin(int poller, std::uint32_t id, const node::Dial& dial, int socket) {
  if (dial.socket.empty() || dial.ticket.size() != node::ticket_size) return false;
  Descriptor peer(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  Descriptor timer(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  if (!peer || !timer || !connect_to(dial.socket, peer.get()) ||
      ::timerfd_settime(timer.get(), 0, &patience, nullptr) != 0)
    return false;
  // The socket goes last: what has been sent cannot fail any more here.
  if (!watch(poller, id, timer.get()) || !watch(poller, id, peer.get()) ||
      !send_socket(peer.get(), dial.ticket, socket))
    return false;
  peer_ = std::move(peer);
  timer_ = std::move(timer);
  return true;
}

Handover::Outcome Handover::outcome() {
  char answer = 0;
  const auto got = ::recv(peer_.get(), &answer, sizeof answer, 0);
  if (got == sizeof answer) return answer == node::ticket_taken ? Outcome::taken : Outcome::refused;
  if (got == 0 || (errno != EAGAIN && errno != EINTR)) return Outcome::refused;
  std::uint64_t expirations = 0;
  const bool expired = ::read(timer_.get(), &expirations, sizeof expirations) == sizeof expirations;
  return expired ? Outcome::refused : Outcome::waits;
}

}  // namespace gf::agent
