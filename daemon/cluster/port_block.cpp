#include "cluster/port_block.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <string>
#include <utility>

#include "cluster/providers/kind_config.hpp"
#include "protocol/error.hpp"

namespace gf::cluster {

namespace {

/// Blocks begin so far apart, and greenfield.yaml allows no more ports: they never overlap.
constexpr int distance = 100, last_port = 60000;

/// Whether nothing listens on 127.0.0.1:port.
bool is_free(int port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return false;
  const int on = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool free = ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(descriptor);
  return free;
}

/// A socket of that name in the abstract namespace, which holds for as many processes as the ports do: those of one
/// network namespace, whatever their folders. Nobody listens on it. -1 when another one has the name.
int take_mark(int first) {
  const auto name = "greenfield-ports-" + std::to_string(first);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path + 1, sizeof address.sun_path - 1);  // the leading zero makes it abstract
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  if (::bind(descriptor, reinterpret_cast<sockaddr*>(&address), size) == 0) return descriptor;
  ::close(descriptor);
  return -1;
}

}  // namespace

PortBlock PortBlock::reserve(int count) {
  for (int first = first_node_port; first < last_port; first += distance) {
    PortBlock block(first, take_mark(first));
    bool all_free = block.mark_ >= 0;
    for (int i = 0; i < count && all_free; ++i) all_free = is_free(first + i);
    if (all_free) return block;
  }
  throw Error(ErrorCode::port_taken,
              "cannot find " + std::to_string(count) + " free ports on localhost for the cluster",
              "lower cluster.host_ports in greenfield.yaml");
}

PortBlock::PortBlock(PortBlock&& other) noexcept : first_(other.first_), mark_(std::exchange(other.mark_, -1)) {}

PortBlock::~PortBlock() {
  if (mark_ >= 0) ::close(mark_);
}

}  // namespace gf::cluster
