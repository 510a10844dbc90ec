#include <doctest/doctest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "core/when_all.hpp"
#include "forward/forward.hpp"
#include "http/socket_stream.hpp"
#include "protocol/error.hpp"
#include "support/fake_link.hpp"
#include "support/manual_clock.hpp"
#include "support/many_files.hpp"
#include "support/memory_file_system.hpp"
#include "support/refusing_kube_api.hpp"
#include "support/run_task.hpp"

namespace gf::test {

namespace {

using net::ip::tcp;

/// A cluster with Services and nothing else.
class ServicesOnly final : public RefusingKubeApi {
 public:
  std::map<std::string, std::string> addresses;  ///< cluster IP by name
  int asked = 0;

  Task<std::optional<Json>> get(std::string, std::string, std::string, std::string name) override {
    ++asked;
    const auto found = addresses.find(name);
    if (found == addresses.end()) co_return std::nullopt;
    Json service;
    service["spec"]["clusterIP"] = found->second;
    co_return service;
  }
};

/// A server in the place of a pod: answers each connection with what it received, in capitals, once that has ended; or,
/// taciturn, says "bye" and ends its own side at once, and keeps what it hears after that.
struct World {
  net::io_context io;
  ManualClock clock;
  MemoryFileSystem files;
  ServicesOnly kube;
  FakeLink link{io.get_executor()};
  std::vector<const Json*> app_pods;
  bool taciturn = false;
  std::optional<std::string> heard;
  tcp::acceptor pod{io, tcp::endpoint(net::ip::address_v4::loopback(), 0)};
  TaskGroup pods{io.get_executor()};
  std::shared_ptr<int> visits = std::make_shared<int>(0);  ///< one more owner for each connection
  std::function<Task<>(std::string)> admit = [](std::string) -> Task<> { co_return; };
  forward::ForwardService forwards{
      io.get_executor(), ways(), visits_of(), kube, clock, state::Document(files, "/state/ports.json")};

  World() {
    kube.addresses["redis"] = "10.96.0.7";
    link.on_dial = [this](const node::DialTarget&) { return dial(); };
    pods.spawn("pods", accept());
  }
  ~World() {
    run_task(io, forwards.close_all());
    run_task(io, pods.stop());
  }

  forward::Ways ways() {
    return {[this] { return any_link(); }, [this](const std::string&) -> node::Link& { return link; },
            [this](const std::string&, const std::string&) { return app_pods; }};
  }
  forward::Visits visits_of() {
    return {[this](const std::string&) { return visits; }, [this](std::string name) { return admit(std::move(name)); }};
  }
  Task<node::Link*> any_link() { co_return &link; }
  Task<std::unique_ptr<http::Stream>> dial() {
    tcp::socket socket(io);
    const auto endpoint = pod.local_endpoint();
    co_await socket.async_connect(endpoint, net::use_awaitable);
    std::unique_ptr<http::Stream> stream = std::make_unique<http::SocketStream>(std::move(socket));
    co_return stream;
  }
  Task<> accept() {
    for (;;) {
      auto socket = co_await pod.async_accept(net::use_awaitable);
      pods.spawn("pod", answer(std::move(socket)));
    }
  }
  Task<> answer(tcp::socket socket) {
    http::SocketStream stream(std::move(socket));
    std::string all(64 * 1024, '\0'), text;
    const std::string bye = "bye";
    if (taciturn) {
      co_await stream.write(bye);
      co_await stream.finish_writing();
    }
    for (;;) {
      const auto got = co_await stream.read_some(all.data(), all.size());
      if (got == 0) break;
      text.append(all, 0, got);
    }
    if (taciturn) {
      heard = text;
      co_return;
    }
    for (auto& letter : text) letter = static_cast<char>(std::toupper(letter));
    co_await stream.write(text);
    co_await stream.finish_writing();
  }

  int open(int preferred = 0) {
    forward::ForwardSpec spec;
    spec.name = "redis";
    spec.preferred_port = preferred;
    spec.space = "greenfield";
    spec.service = "redis";
    spec.service_port = 6379;
    return run_task(io, forwards.open(std::move(spec)));
  }
  /// Sends `text`, ends its side, and returns all that comes back.
  Task<std::string> ask(int port, std::string text) {
    tcp::socket socket(io);
    const tcp::endpoint endpoint(net::ip::address_v4::loopback(), static_cast<std::uint16_t>(port));
    co_await socket.async_connect(endpoint, net::use_awaitable);
    const auto bytes = net::buffer(text);
    co_await net::async_write(socket, bytes, net::use_awaitable);
    socket.shutdown(tcp::socket::shutdown_send);
    std::string answer;
    auto into = net::dynamic_buffer(answer);
    const auto [error, got] = co_await net::async_read(socket, into, net::as_tuple(net::use_awaitable));
    if (error != net::error::eof) throw boost::system::system_error(error);
    co_return answer;
  }
};

Task<> expect(Task<std::string> asking, std::string wanted, int* right) {
  const auto answer = co_await std::move(asking);
  *right += answer == wanted;
}

}  // namespace

TEST_CASE("forward: carries both ways, each end by itself") {
  World world;
  const int port = world.open();
  CHECK(run_task(world.io, world.ask(port, "hello")) == "HELLO");
  REQUIRE(world.link.dials.size() == 1);
  CHECK(world.link.dials[0].host == "10.96.0.7");
  CHECK(world.link.dials[0].port == 6379);
  CHECK(world.link.dials[0].container_id.empty());
  const std::string large(3'000'000, 'x');
  CHECK(run_task(world.io, world.ask(port, large)).size() == large.size());
  CHECK(world.kube.asked == 1);
}

TEST_CASE("forward: a server that has ended its side still hears what the client says") {
  World world;
  world.taciturn = true;
  const int port = world.open();
  auto conversation = [&]() -> Task<std::string> {
    tcp::socket socket(world.io);
    const tcp::endpoint endpoint(net::ip::address_v4::loopback(), static_cast<std::uint16_t>(port));
    co_await socket.async_connect(endpoint, net::use_awaitable);
    std::string answer;
    auto into = net::dynamic_buffer(answer);
    const auto [error, got] = co_await net::async_read(socket, into, net::as_tuple(net::use_awaitable));
    if (error != net::error::eof) throw boost::system::system_error(error);
    const std::string late = "said after the end";
    const auto bytes = net::buffer(late);
    co_await net::async_write(socket, bytes, net::use_awaitable);
    socket.shutdown(tcp::socket::shutdown_send);
    while (!world.heard) co_await net::post(net::use_awaitable);
    co_return answer;
  };
  CHECK(run_task(world.io, conversation()) == "bye");
  CHECK(*world.heard == "said after the end");
}

TEST_CASE("forward: open again is the same port; it is remembered after a close") {
  World world;
  const int port = world.open();
  CHECK(world.open() == port);
  run_task(world.io, world.forwards.close("redis"));
  CHECK(world.forwards.list().empty());
  CHECK(world.open() == port);
}

TEST_CASE("forward: a preferred port of another program is left to it, and said so") {
  World world;
  tcp::acceptor other(world.io, tcp::endpoint(net::ip::address_v4::loopback(), 0));
  const int wanted = other.local_endpoint().port();
  const int port = world.open(wanted);
  CHECK(port != wanted);
  const auto list = world.forwards.list();
  REQUIRE(list.size() == 1);
  CHECK(list[0].state == "listening");
  CHECK(list[0].target == "redis.greenfield:6379");
  CHECK(list[0].reason == "port " + std::to_string(wanted) + " belongs to another program");
}

TEST_CASE("forward: two that prefer the same port each keep their own, and the second tells whose the first is") {
  World world;
  tcp::acceptor probe(world.io, tcp::endpoint(net::ip::address_v4::loopback(), 0));
  const int wanted = probe.local_endpoint().port();
  probe.close();
  const auto open = [&](const char* name) {
    forward::ForwardSpec spec;
    spec.name = name;
    spec.preferred_port = wanted;
    spec.space = "greenfield";
    spec.service = "redis";
    spec.service_port = 6379;
    return run_task(world.io, world.forwards.open(std::move(spec)));
  };
  REQUIRE(open("one/api") == wanted);
  const int second = open("two/api");
  CHECK(second != wanted);
  const auto list = world.forwards.list();
  REQUIRE(list.size() == 2);
  CHECK(list[0].reason.empty());
  CHECK(list[1].reason == "port " + std::to_string(wanted) + " belongs to one/api");
  // As after a restart, in the other order.
  run_task(world.io, world.forwards.close_all());
  CHECK(open("two/api") == second);
  CHECK(open("one/api") == wanted);
}

TEST_CASE("forward: a connection is held until somebody can take it, at a new address if need be") {
  World world;
  const int port = world.open();
  CHECK(run_task(world.io, world.ask(port, "a")) == "A");
  world.link.fail_next(Error(ErrorCode::cluster_unavailable, "cannot connect: no pod"));
  world.kube.addresses["redis"] = "10.96.0.8";
  std::string answer;
  net::co_spawn(world.io, world.ask(port, "b"), [&](std::exception_ptr, std::string text) { answer = text; });
  while (world.clock.sleepers() < 2) world.io.run_one();  // the limit of 30 s and the pause before the next try
  CHECK(answer.empty());
  CHECK(world.forwards.list()[0].state == "waiting");
  CHECK(world.forwards.list()[0].reason == "cannot connect: no pod");
  CHECK(world.forwards.list()[0].connections == 1);
  world.clock.advance(std::chrono::milliseconds(60));
  while (answer.empty()) world.io.run_one();
  CHECK(answer == "B");
  CHECK(world.link.dials.back().host == "10.96.0.8");
  CHECK(world.forwards.list()[0].state == "listening");
}

TEST_CASE("forward: an app's pods are dialled from within, one after the other, while they are ready") {
  World world;
  const auto pod = [](const char* node, const char* id, bool ready) {
    Json one = {{"kind", "Pod"}, {"metadata", {{"name", id}}}, {"spec", {{"nodeName", node}}}};
    one["status"]["phase"] = "Running";
    one["status"]["conditions"] = Json::array({{{"type", "Ready"}, {"status", ready ? "True" : "False"}}});
    one["status"]["containerStatuses"] = Json::array({{{"name", "api"},
                                                       {"containerID", std::string("containerd://") + id},
                                                       {"state", {{"running", Json::object()}}}}});
    return one;
  };
  const auto one = pod("node-1", "one", true), two = pod("node-1", "two", true), late = pod("node-1", "late", false);
  world.app_pods = {&one, &late, &two};
  forward::ForwardSpec spec{"shop/api", 0, "shop", "api", 8000, "api"};
  const int port = run_task(world.io, world.forwards.open(std::move(spec)));
  for (int i = 0; i < 4; ++i) CHECK(run_task(world.io, world.ask(port, "a")) == "A");
  REQUIRE(world.link.dials.size() == 4);
  std::vector<std::string> asked;
  for (const auto& dial : world.link.dials) {
    CHECK(dial.host == "127.0.0.1");
    CHECK(dial.port == 8000);
    asked.push_back(dial.container_id);
  }
  CHECK(asked == std::vector<std::string>{"one", "two", "one", "two"});
  CHECK(world.kube.asked == 0);
}

TEST_CASE("forward: after 30 s without anybody the connection is reset") {
  World world;
  const int port = world.open();
  world.link.up = false;
  std::optional<std::exception_ptr> ended;
  net::co_spawn(world.io, world.ask(port, "x"), [&](std::exception_ptr error, std::string) { ended = error; });
  while (world.clock.sleepers() < 2) world.io.run_one();
  world.clock.advance(std::chrono::seconds(31));
  while (!ended) world.io.run_one();
  REQUIRE(*ended);
  CHECK_THROWS_AS(std::rethrow_exception(*ended), boost::system::system_error);
  while (world.forwards.list()[0].connections > 0) world.io.run_one();
}

TEST_CASE("forward: a connection is a visit from its start to its end, held until it is admitted") {
  World world;
  Signal awake(world.io.get_executor());
  std::vector<std::string> asked;
  world.admit = [&](std::string name) {
    asked.push_back(std::move(name));
    return awake.wait();
  };
  const int port = world.open();
  std::string answer;
  net::co_spawn(world.io, world.ask(port, "a"), [&](std::exception_ptr, std::string text) { answer = text; });
  while (asked.empty()) world.io.run_one();
  world.io.poll();
  CHECK(asked == std::vector<std::string>{"redis"});
  CHECK(world.visits.use_count() == 2);
  CHECK(world.link.dials.empty());
  awake.notify_all();
  while (answer.empty()) world.io.run_one();
  CHECK(answer == "A");
  while (world.visits.use_count() > 1) world.io.run_one();
}

TEST_CASE("forward: a connection that is not admitted is closed, and the next one asks again") {
  World world;
  const int port = world.open();
  world.admit = [](std::string) -> Task<> {
    throw Error(ErrorCode::timed_out, "cannot wake redis");
    co_return;
  };
  CHECK_THROWS_AS(run_task(world.io, world.ask(port, "x")), boost::system::system_error);
  CHECK(world.link.dials.empty());
  world.admit = [](std::string) -> Task<> { co_return; };
  CHECK(run_task(world.io, world.ask(port, "b")) == "B");
}

TEST_CASE("forward: closing ends what runs, at once") {
  World world;
  const int port = world.open();
  tcp::socket client(world.io);
  client.connect(tcp::endpoint(net::ip::address_v4::loopback(), static_cast<std::uint16_t>(port)));
  while (world.pods.size() < 2) world.io.run_one();
  run_task(world.io, world.forwards.close_all());
  char byte;
  boost::system::error_code error;
  client.read_some(net::buffer(&byte, 1), error);
  CHECK(error);
}

TEST_CASE("forward: a thousand connections at once") {
  if (!many_files(5000)) {
    MESSAGE("this process may not have so many descriptors: not tested");
    return;
  }
  World world;
  const int port = world.open();
  std::vector<Task<>> asking;
  int right = 0;
  for (int i = 0; i < 1000; ++i)
    asking.push_back(expect(world.ask(port, "text " + std::to_string(i)), "TEXT " + std::to_string(i), &right));
  run_task(world.io, when_all(std::move(asking)));
  CHECK(right == 1000);
}

}  // namespace gf::test
