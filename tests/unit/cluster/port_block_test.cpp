#include "cluster/port_block.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>

using gf::cluster::PortBlock;

TEST_CASE("ports are reserved for one cluster at a time, and given back") {
  std::optional<PortBlock> first;
  first.emplace(PortBlock::reserve(10));
  const int port = first->first();
  {
    const auto second = PortBlock::reserve(10);
    CHECK(second.first() >= port + 10);
    const auto third = PortBlock::reserve(10);
    CHECK(third.first() >= second.first() + 10);
  }
  first.reset();
  CHECK(PortBlock::reserve(10).first() == port);
}

TEST_CASE("a block with a port that somebody listens on is passed over") {
  const int port = PortBlock::reserve(10).first();
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(listener >= 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port + 9));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(listener, 1) == 0);
  CHECK(PortBlock::reserve(10).first() > port);
  CHECK(PortBlock::reserve(9).first() == port);
  ::close(listener);
}
