#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "http/socket_stream.hpp"
#include "node/agent_link.hpp"
#include "node/greeting.hpp"
#include "node/messages.hpp"
#include "node/passed_sockets.hpp"
#include "protocol/error.hpp"
#include "support/both_ends.hpp"
#include "support/local_agent.hpp"
#include "support/manual_clock.hpp"
#include "support/many_files.hpp"
#include "support/run_task.hpp"

// Connections that come as they are, from the real agent; what it does without such a way stands in
// agent_link_test.cpp.
namespace gf::test {

namespace {

namespace fs = std::filesystem;
using net::ip::tcp;

struct World {
  net::io_context io;
  ManualClock clock;
  ProcessTable table;
  TemporaryFolder folder;
  LocalExec* process = nullptr;
  std::shared_ptr<node::PassedSockets> passed = std::make_shared<node::PassedSockets>(
      io.get_executor(), clock, node::LinkFolder{folder.path().string(), folder.path().string()});
  node::AgentLink link{io.get_executor(), clock, "node-1", [this] { return open(); }, [] {}, passed};
  TaskGroup group{io.get_executor()};
  tcp::acceptor server{io, tcp::endpoint(net::ip::address_v4::loopback(), 0)};

  World() {
    passed->open();
    group.spawn("link", link.run());
    while (!link.connected()) io.run_one();
  }
  ~World() {
    run_task(io, group.stop());
    run_task(io, passed->stop());
  }

  Task<std::unique_ptr<container::ExecStream>> open() {
    std::vector<std::string> command;
    command.push_back(GF_AGENT);
    command.push_back("--proc");
    command.push_back(table.table());
    auto stream = std::make_unique<LocalExec>(io.get_executor(), std::move(command));
    process = stream.get();
    std::string any;
    auto greeting = node::greet(*stream, std::move(any));
    co_await std::move(greeting);
    co_return std::unique_ptr<container::ExecStream>(std::move(stream));
  }
  std::unique_ptr<http::Stream> dial() {
    return run_task(io, link.dial({"127.0.0.1", server.local_endpoint().port()}));
  }
  tcp::socket accept() { return server.accept(); }
  fs::path socket_path() const { return folder.path() / "gfd.sock"; }
};

bool came_as_it_is(const std::unique_ptr<http::Stream>& stream) {
  return dynamic_cast<http::SocketStream*>(stream.get()) != nullptr;
}

/// A question and its answer, each ended by its side.
void converse(World& world, http::Stream& stream, tcp::socket& socket) {
  run_task(world.io, stream.write("question"));
  run_task(world.io, stream.finish_writing());
  CHECK(run_task(world.io, read_all(socket)) == "question");
  run_task(world.io, write_all(socket, "answer"));
  socket.shutdown(tcp::socket::shutdown_send);
  CHECK(run_task(world.io, read_all(stream)) == "answer");
}

sockaddr_un address_of(const fs::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  REQUIRE(path.string().size() < sizeof address.sun_path);
  std::strcpy(address.sun_path, path.c_str());
  return address;
}

/// Hands `descriptor` over as an agent does, or nothing when it is negative. Whether it was taken.
bool hand_over(net::io_context& io, const fs::path& path, std::string ticket, int descriptor) {
  const int peer = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = address_of(path);
  REQUIRE(::connect(peer, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  iovec bytes{ticket.data(), ticket.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof descriptor)]{};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  if (descriptor >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    auto* const head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof descriptor);
    std::memcpy(CMSG_DATA(head), &descriptor, sizeof descriptor);
  }
  REQUIRE(::sendmsg(peer, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(ticket.size()));
  char answer = 0;
  ssize_t got = -1;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  io.restart();
  while (got < 0 && std::chrono::steady_clock::now() < until) {
    io.poll();
    got = ::recv(peer, &answer, 1, MSG_DONTWAIT);
  }
  ::close(peer);
  REQUIRE(got >= 0);
  return got == 1 && answer == node::ticket_taken;
}

}  // namespace

TEST_CASE("passed sockets: a connection comes as it is, each direction ends by itself") {
  World world;
  auto stream = world.dial();
  CHECK(came_as_it_is(stream));
  auto socket = world.accept();
  converse(world, *stream, socket);
  // The other way round: the server ends its side first, and still hears what is sent.
  stream = world.dial();
  socket = world.accept();
  run_task(world.io, write_all(socket, "bye"));
  socket.shutdown(tcp::socket::shutdown_send);
  CHECK(run_task(world.io, read_all(*stream)) == "bye");
  run_task(world.io, stream->write("said after the end"));
  run_task(world.io, stream->finish_writing());
  CHECK(run_task(world.io, read_all(socket)) == "said after the end");
}

TEST_CASE("passed sockets: a connection that is dropped is reset") {
  World world;
  auto stream = world.dial();
  REQUIRE(came_as_it_is(stream));
  auto socket = world.accept();
  stream.reset();
  char byte;
  boost::system::error_code error;
  socket.read_some(net::buffer(&byte, 1), error);
  CHECK(error == net::error::connection_reset);
}

TEST_CASE("passed sockets: nobody there is told as ever") {
  World world;
  try {
    run_task(world.io, world.link.dial({"127.0.0.1", 1}));
    FAIL("port 1 took a connection");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::cluster_unavailable);
    CHECK(error.message() == "cannot connect to 127.0.0.1:1: connection refused");
  }
}

TEST_CASE("passed sockets: a thousand at once, each with its own bytes and its own end") {
  constexpr std::size_t count = 1000;
  if (!many_files(2 * count + 200)) {
    MESSAGE("this process may not have so many descriptors: not tested");
    return;
  }
  World world;
  std::vector<std::unique_ptr<http::Stream>> streams;
  std::vector<tcp::socket> sockets;
  std::size_t passed = 0, right = 0;
  for (std::size_t i = 0; i < count; ++i) {
    streams.push_back(world.dial());
    sockets.push_back(world.accept());
    passed += came_as_it_is(streams.back());
  }
  CHECK(passed == count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto text = std::to_string(i);
    run_task(world.io, streams[i]->write(text));
    run_task(world.io, streams[i]->finish_writing());
  }
  for (std::size_t i = 0; i < count; ++i) {
    // Accepted in the order of the dials: each was awaited.
    right += run_task(world.io, read_all(sockets[i])) == std::to_string(i);
    run_task(world.io, write_all(sockets[i], "answer " + std::to_string(i)));
    sockets[i].close();
    right += run_task(world.io, read_all(*streams[i])) == "answer " + std::to_string(i);
  }
  CHECK(right == 2 * count);
}

TEST_CASE("passed sockets: a connection outlives the agent that dialled it") {
  World world;
  auto stream = world.dial();
  REQUIRE(came_as_it_is(stream));
  auto socket = world.accept();
  world.process->kill();
  while (world.link.connected()) world.io.run_one();
  converse(world, *stream, socket);
}

TEST_CASE("passed sockets: where nobody listens the connection comes through the agent's stream") {
  World world;
  SUBCASE("gfd does not, and asks for none") { world.passed->close(); }
  SUBCASE("the node sees no socket: it was made without the folder") { fs::remove(world.socket_path()); }
  SUBCASE("the socket is a leftover") {
    fs::remove(world.socket_path());
    const int left = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = address_of(world.socket_path());
    REQUIRE(::bind(left, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    ::close(left);
  }
  auto stream = world.dial();
  CHECK_FALSE(came_as_it_is(stream));
  auto socket = world.accept();
  converse(world, *stream, socket);
}

TEST_CASE("passed sockets: one that is not taken within a second comes through the agent's stream") {
  World world;
  fs::remove(world.socket_path());
  const int deaf = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = address_of(world.socket_path());
  REQUIRE(::bind(deaf, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(deaf, 4) == 0);
  auto stream = world.dial();
  ::close(deaf);
  CHECK_FALSE(came_as_it_is(stream));
  auto socket = world.accept();
  converse(world, *stream, socket);
}

TEST_CASE("passed sockets: what counts is the ticket, for one connection, while somebody waits for it") {
  net::io_context io;
  ManualClock clock;
  TemporaryFolder folder;
  const auto path = folder.path() / "gfd.sock";
  node::PassedSockets passed(io.get_executor(), clock, {folder.path().string(), "/greenfield/link"});
  passed.open();
  CHECK((fs::status(path).permissions() & fs::perms::all) == (fs::perms::owner_read | fs::perms::owner_write));
  int connection = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::string ticket;
  {
    node::ExpectedSocket expected(&passed);
    ticket = expected.ticket();
    CHECK(expected.place() == "/greenfield/link/gfd.sock");
    CHECK(ticket.size() == node::ticket_size);
    CHECK_FALSE(hand_over(io, path, std::string(node::ticket_size, '0'), connection));
    CHECK_FALSE(hand_over(io, path, ticket.substr(1), connection));
    CHECK_FALSE(hand_over(io, path, ticket, -1));
    CHECK_FALSE(hand_over(io, path, ticket, STDERR_FILENO));
    CHECK_THROWS_AS(expected.take(), Error);
    CHECK(hand_over(io, path, ticket, connection));
    CHECK_FALSE(hand_over(io, path, ticket, connection));
    ::close(connection);  // as the agent does
    CHECK(expected.take() != nullptr);
    CHECK_THROWS_AS(expected.take(), Error);
  }
  {
    const node::ExpectedSocket forgotten(&passed);
    CHECK(forgotten.ticket() != ticket);
    ticket = forgotten.ticket();
  }
  connection = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK_FALSE(hand_over(io, path, ticket, connection));
  ::close(connection);
  run_task(io, passed.stop());
}

TEST_CASE(
    "passed sockets: listens in place of a daemon that was killed, whatever the length of the path, or not at all") {
  net::io_context io;
  ManualClock clock;
  TemporaryFolder folder;
  const auto deep = folder.path() / std::string(120, 'a');
  fs::create_directory(deep);
  fs::create_directory_symlink(deep, folder.path() / "short");
  node::PassedSockets former(io.get_executor(), clock, {deep.string(), "/l"});
  former.open();
  node::PassedSockets passed(io.get_executor(), clock, {deep.string(), "/l"});
  passed.open();
  passed.close();
  CHECK(node::ExpectedSocket(&passed).ticket().empty());
  passed.open();
  node::ExpectedSocket expected(&passed);
  int connection = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection < 0) connection = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);  // a machine without IPv6
  CHECK(hand_over(io, folder.path() / "short/gfd.sock", expected.ticket(), connection));
  ::close(connection);
  node::PassedSockets nowhere(io.get_executor(), clock, {(folder.path() / "absent").string(), "/l"});
  nowhere.open();
  CHECK(node::ExpectedSocket(&nowhere).ticket().empty());
  CHECK(node::ExpectedSocket(nullptr).place().empty());
  run_task(io, former.stop());
  run_task(io, passed.stop());
  run_task(io, nowhere.stop());
}

}  // namespace gf::test
