#include <doctest/doctest.h>

#include <atomic>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <fstream>
#include <set>
#include <thread>

#include "core/task_group.hpp"
#include "core/when_all.hpp"
#include "node/agent_link.hpp"
#include "node/greeting.hpp"
#include "protocol/error.hpp"
#include "support/both_ends.hpp"
#include "support/local_agent.hpp"
#include "support/manual_clock.hpp"
#include "support/many_files.hpp"
#include "support/run_task.hpp"

// What only the real link with the real agent can show.
namespace gf::test {

namespace {

namespace fs = std::filesystem;
using net::ip::tcp;

struct World {
  net::io_context io;
  ManualClock clock;
  ProcessTable table;
  fs::path root = table.add("app");
  LocalExec* process = nullptr;  ///< the agent that runs now
  int starts = 0;
  node::AgentLink link{io.get_executor(), clock, "node-1", [this] { return open(); }, [] {}};
  TaskGroup group{io.get_executor()};
  tcp::acceptor server{io, tcp::endpoint(net::ip::address_v4::loopback(), 0)};

  World() {
    group.spawn("link", link.run());
    wait_connected();
  }
  ~World() { run_task(io, group.stop()); }

  void wait_connected() {
    while (!link.connected()) io.run_one();
  }
  Task<std::unique_ptr<container::ExecStream>> open() {
    ++starts;
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
  node::SyncRequest request(std::string path, std::string contents) {
    node::SyncRequest request;
    request.container_id = "app";
    request.target = "/srv";
    auto& write = request.writes.emplace_back();
    write.file.path = std::move(path);
    write.contents = std::make_shared<const std::string>(std::move(contents));
    return request;
  }
  std::unique_ptr<http::Stream> dial() {
    return run_task(io, link.dial({"127.0.0.1", server.local_endpoint().port()}));
  }
  tcp::socket accept() { return server.accept(); }  // the connection is there: dial() has returned
};

/// Starts `task` beside the test; its outcome is there once it has ended.
template <class T>
std::shared_ptr<std::optional<std::exception_ptr>> start(net::io_context& io, Task<T> task,
                                                         net::cancellation_signal* cancel = nullptr) {
  auto ended = std::make_shared<std::optional<std::exception_ptr>>();
  auto on_end = [ended](std::exception_ptr thrown, auto&&...) { *ended = thrown; };
  if (cancel)
    net::co_spawn(io, std::move(task), net::bind_cancellation_slot(cancel->slot(), on_end));
  else
    net::co_spawn(io, std::move(task), on_end);
  return ended;
}

ErrorCode code_of(const std::optional<std::exception_ptr>& ended) {
  REQUIRE(ended);
  REQUIRE(*ended);
  return error_from(*ended).code();
}

}  // namespace

TEST_CASE("agent link: the agent's death fails what waits at once, and a new agent takes over") {
  World world;
  auto stream = world.dial();
  auto socket = world.accept();
  const auto reading = start(world.io, read_all(*stream));
  // The answer cannot come: the process is stopped before it reads the request.
  world.process->signal(SIGSTOP);
  const auto waiting = start(world.io, world.link.sync(world.request("x", "1")));
  world.io.poll();
  CHECK_FALSE(*waiting);
  world.process->kill();
  while (!*waiting || !*reading) world.io.run_one();
  CHECK(code_of(*waiting) == ErrorCode::cluster_unavailable);
  CHECK(code_of(*reading) == ErrorCode::cluster_unavailable);
  while (world.clock.sleepers() == 0) world.io.run_one();
  CHECK_FALSE(world.link.connected());
  const auto refused = start(world.io, world.link.sync(world.request("x", "1")));
  while (!*refused) world.io.run_one();
  CHECK(code_of(*refused) == ErrorCode::cluster_unavailable);
  world.clock.advance(std::chrono::milliseconds(50));
  world.wait_connected();
  CHECK(world.starts == 2);
  CHECK(run_task(world.io, world.link.sync(world.request("x", "1"))).files == 1);
}

TEST_CASE("agent link: each direction of a dialled stream ends by itself") {
  World world;
  auto stream = world.dial();
  auto socket = world.accept();
  run_task(world.io, stream->write("question"));
  run_task(world.io, stream->finish_writing());
  CHECK(run_task(world.io, read_all(socket)) == "question");
  run_task(world.io, write_all(socket, "answer"));
  socket.close();
  CHECK(run_task(world.io, read_all(*stream)) == "answer");
}

TEST_CASE("agent link: a server that has ended its side still hears what is sent") {
  World world;
  auto stream = world.dial();
  auto socket = world.accept();
  run_task(world.io, write_all(socket, "bye"));
  socket.shutdown(tcp::socket::shutdown_send);
  CHECK(run_task(world.io, read_all(*stream)) == "bye");
  const std::string late = "said after the end";
  run_task(world.io, stream->write(late));
  run_task(world.io, stream->finish_writing());
  CHECK(run_task(world.io, read_all(socket)) == late);
}

TEST_CASE("agent link: a thousand streams at once, each with its own bytes and its own end") {
  constexpr std::size_t count = 1000;
  if (!many_files(count + 200)) {
    MESSAGE("this process may not have so many descriptors: not tested");
    return;
  }
  World world;
  std::vector<std::unique_ptr<http::Stream>> streams;
  std::vector<tcp::socket> sockets;
  for (std::size_t i = 0; i < count; ++i) {
    streams.push_back(world.dial());
    sockets.push_back(world.accept());
  }
  for (std::size_t i = 0; i < count; ++i) {
    const auto text = "question " + std::to_string(i);
    run_task(world.io, streams[i]->write(text));
    run_task(world.io, streams[i]->finish_writing());
  }
  std::size_t right = 0;
  for (std::size_t i = 0; i < count; ++i) {
    // Accepted in the order of the dials: each was awaited.
    right += run_task(world.io, read_all(sockets[i])) == "question " + std::to_string(i);
    run_task(world.io, write_all(sockets[i], "answer " + std::to_string(i)));
    sockets[i].close();
  }
  for (std::size_t i = 0; i < count; ++i)
    right += run_task(world.io, read_all(*streams[i])) == "answer " + std::to_string(i);
  CHECK(right == 2 * count);
}

TEST_CASE("agent link: a dialled stream that is dropped resets the connection") {
  World world;
  auto stream = world.dial();
  auto socket = world.accept();
  stream.reset();
  char byte;
  const auto into = net::buffer(&byte, 1);
  boost::system::error_code error;
  while (!error) {
    world.io.poll();
    socket.non_blocking(true);
    socket.read_some(into, error);
    if (error == net::error::would_block) error = {};
  }
  CHECK(error == net::error::connection_reset);
}

TEST_CASE("agent link: a reset by the server reaches the reader") {
  World world;
  auto stream = world.dial();
  {
    auto socket = world.accept();
    socket.set_option(net::socket_base::linger(true, 0));
    socket.close();  // the destructor would undo the option
  }
  const auto reading = start(world.io, read_all(*stream));
  while (!*reading) world.io.run_one();
  CHECK(reading->value() != nullptr);
}

TEST_CASE("agent link: a stream that nobody reads holds up neither others nor syncs, and loses nothing") {
  World world;
  auto slow = world.dial();
  auto slow_socket = world.accept();
  const std::string large(32'000'000, 'x');
  const auto sending = start(world.io, write_all(slow_socket, large));
  auto quick = world.dial();
  auto quick_socket = world.accept();
  run_task(world.io, quick->write("ping"));
  run_task(world.io, quick->finish_writing());
  CHECK(run_task(world.io, read_all(quick_socket)) == "ping");
  CHECK(run_task(world.io, world.link.sync(world.request("x", "1"))).files == 1);
  CHECK_FALSE(*sending);  // 32 MB are more than the window and the kernel's buffers take
  std::string all(large.size(), '\0');
  std::size_t got = 0;
  while (got < all.size()) got += run_task(world.io, slow->read_some(all.data() + got, all.size() - got));
  CHECK(all == large);
}

TEST_CASE("agent link: a writer waits for a server that does not read, and loses nothing") {
  World world;
  auto stream = world.dial();
  auto socket = world.accept();
  const std::string large(32'000'000, 'y');
  const auto writing = start(world.io, stream->write(large));
  CHECK(run_task(world.io, world.link.sync(world.request("x", "1"))).files == 1);
  CHECK_FALSE(*writing);
  std::string all(large.size(), '\0');
  auto reading = [&]() -> Task<> {
    const auto into = net::buffer(all);
    co_await net::async_read(socket, into, net::use_awaitable);
  };
  run_task(world.io, reading());
  CHECK(all == large);
}

TEST_CASE("agent link: a cancelled sync leaves no trace and the link serves on") {
  World world;
  run_task(world.io, world.link.sync(world.request("kept", "1")));
  world.process->signal(SIGSTOP);
  net::cancellation_signal cancel;
  const auto syncing = start(world.io, world.link.sync(world.request("large", std::string(4'000'000, 'z'))), &cancel);
  world.io.poll();
  cancel.emit(net::cancellation_type::terminal);
  world.process->signal(SIGCONT);
  while (!*syncing) world.io.run_one();
  CHECK(code_of(*syncing) == ErrorCode::cancelled);
  run_task(world.io, world.link.sync(world.request("after", "2")));
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(world.root / "srv")) names.insert(entry.path().filename());
  CHECK(names == std::set<std::string>{"after", "kept"});
}

TEST_CASE("agent link: a large file does not hold up a small one") {
  World world;
  world.process->signal(SIGSTOP);  // until the pipe is full of the large one
  const auto large = start(world.io, world.link.sync(world.request("large", std::string(40'000'000, 'z'))));
  world.io.poll();
  world.process->signal(SIGCONT);
  CHECK(run_task(world.io, world.link.sync(world.request("small", "1"))).files == 1);
  CHECK_FALSE(*large);
  while (!*large) world.io.run_one();
  CHECK(fs::file_size(world.root / "srv/large") == 40'000'000);
}

TEST_CASE("agent link: a reader never sees part of a file") {
  World world;
  const auto contents = [](int round) { return std::string(150'000, static_cast<char>('a' + round % 26)); };
  run_task(world.io, world.link.sync(world.request("file", contents(0))));
  std::atomic<bool> stop = false;
  int broken = 0, seen = 0;
  std::thread reader([&] {
    while (!stop || seen == 0) {
      std::ifstream stream(world.root / "srv/file", std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(stream), {}};
      broken += text != std::string(150'000, text.empty() ? ' ' : text[0]);
      ++seen;
    }
  });
  for (int round = 1; round <= 60; ++round) run_task(world.io, world.link.sync(world.request("file", contents(round))));
  stop = true;
  reader.join();
  CHECK(broken == 0);
}

TEST_CASE("agent link: the signal reaches the container's first process, after the files") {
  World world;
  struct Row {
    const char* name;
    int number;
  };
  for (const auto& row : {Row{"HUP", SIGHUP}, Row{"SIGUSR1", SIGUSR1}, Row{node::restart_signal, SIGRTMIN}}) {
    CAPTURE(row.name);
    int ready[2];
    REQUIRE(::pipe(ready) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
      // Blocked before anybody is told: the signal waits, and its coming is the exit code.
      sigset_t set;
      ::sigemptyset(&set);
      ::sigaddset(&set, row.number);
      ::sigprocmask(SIG_BLOCK, &set, nullptr);
      (void)!::write(ready[1], "x", 1);
      ::_exit(::sigwaitinfo(&set, nullptr) == row.number ? 7 : 1);
    }
    char byte;
    REQUIRE(::read(ready[0], &byte, 1) == 1);
    ::close(ready[0]);
    ::close(ready[1]);
    world.table.add(row.name, child);
    auto request = world.request("x", "1");
    request.container_id = row.name;
    request.signal = row.name;
    run_task(world.io, world.link.sync(request));
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WEXITSTATUS(status) == 7);
  }
  auto request = world.request("x", "1");
  request.signal = "NOSUCH";
  const auto refused = start(world.io, world.link.sync(request));
  while (!*refused) world.io.run_one();
  CHECK(code_of(*refused) == ErrorCode::bad_request);
}

TEST_CASE("greeting: a program that is no agent is told by what it said") {
  net::io_context io;
  std::vector<std::string> command;
  command.push_back("/bin/echo");
  command.push_back("exec: gf-agent: no such file");
  LocalExec process(io.get_executor(), command);
  std::string any;
  const auto ended = start(io, node::greet(process, any));
  while (!*ended) io.run_one();
  CHECK(code_of(*ended) == ErrorCode::cluster_unavailable);
  CHECK(error_from(**ended).cause().find("no such file") != std::string::npos);
}

TEST_CASE("greeting: an agent of another digest is refused") {
  net::io_context io;
  std::vector<std::string> command;
  command.push_back(GF_AGENT);
  LocalExec process(io.get_executor(), command);
  std::string other(64, '0');
  const auto ended = start(io, node::greet(process, other));
  while (!*ended) io.run_one();
  CHECK(code_of(*ended) == ErrorCode::cluster_unavailable);
}

}  // namespace gf::test
