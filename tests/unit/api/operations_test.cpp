#include <doctest/doctest.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "api/routes.hpp"
#include "http/client.hpp"
#include "support/memory_file_system.hpp"
#include "support/run_task.hpp"
#include "support/temporary_folder.hpp"

// The routes of operations over a real socket.
using namespace gf;
using gf::test::run_task;

namespace {

/// Its "work" operation writes so many log lines, then waits to be told to end.
struct Fixture {
  net::io_context io;
  test::TemporaryFolder folder;
  SystemClock clock;
  test::MemoryFileSystem files;
  operation::Engine engine{io.get_executor(), clock, files, "/ops"};
  Signal told{io.get_executor()};
  bool may_end = false;
  std::string path = (folder.path() / "socket").string();
  std::unique_ptr<http::Server> server;
  std::unique_ptr<http::Client> client;

  Fixture() {
    operation::Kind kind;
    kind.name = "work";
    kind.subject = [](const Json&) { return std::string("shop"); };
    kind.keys = [](const Json&) { return std::vector<std::string>{"project/shop"}; };
    kind.body = [this](const Json& parameters) {
      return [this, lines = parameters.value("lines", 0)](operation::Context& context) { return work(lines, context); };
    };
    engine.add_kind(std::move(kind));
    api::Routes routes;
    api::add_operation_routes(engine, routes);
    server = std::make_unique<http::Server>(io.get_executor(), path, http::make_router(std::move(routes)));
    server->start();
    client = make_client();
  }
  ~Fixture() {
    client.reset();
    run_task(io, server->stop());
    run_task(io, engine.stop());
  }
  std::unique_ptr<http::Client> make_client() {
    http::Endpoint endpoint;
    endpoint.unix_path = path;
    return std::make_unique<http::Client>(io.get_executor(), endpoint);
  }
  Task<Json> work(int lines, operation::Context& context) {
    for (int i = 0; i < lines; ++i) {
      context.log("line " + std::to_string(i) + ' ' + std::string(100, 'x'));
      if (i % 100 == 0) co_await net::post(io, net::use_awaitable);  // others have their turn
    }
    while (!may_end) co_await told.wait();
    co_return Json::object();
  }
  void end() {
    may_end = true;
    told.notify_all();
  }
  static http::Request request(std::string method, std::string target) {
    http::Request made;
    made.method = std::move(method);
    made.target = std::move(target);
    return made;
  }
  http::Response ask(std::string method, std::string target) {
    return run_task(io, client->send(request(std::move(method), std::move(target))));
  }
  /// The sequence numbers of a stream of events, up to its end or to so many.
  std::vector<std::uint64_t> sequence(std::uint64_t after, std::size_t most = 1 << 20) {
    const auto reader = make_client();
    const auto target = "/v1/operations/op-1/events?after=" + std::to_string(after);
    const auto stream = run_task(io, reader->open(request("GET", target)));
    CHECK(stream->head().status == 200);
    std::vector<std::uint64_t> numbers;
    while (numbers.size() < most) {
      const auto line = run_task(io, stream->read_line());
      if (!line) break;
      numbers.push_back(Json::parse(*line).at("seq"));
    }
    stream->close();
    return numbers;
  }
};

std::vector<std::uint64_t> from_to(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> numbers;
  for (auto number = first; number <= last; ++number) numbers.push_back(number);
  return numbers;
}

}  // namespace

TEST_CASE("operations are listed, shown, cancelled; unknown ones and wrong methods are told") {
  Fixture f;
  CHECK(Json::parse(f.ask("GET", "/v1/operations").body)["operations"].empty());
  f.engine.start("work", Json::object());
  CHECK(Json::parse(f.ask("GET", "/v1/operations").body)["operations"][0]["id"] == "op-1");
  CHECK(Json::parse(f.ask("GET", "/v1/operations/op-1").body)["state"] == "running");
  for (const char* id : {"op-2", "op-1x", "op-", "x", "op-01"}) {
    CAPTURE(id);
    const auto answer = f.ask("GET", std::string("/v1/operations/") + id);
    CHECK(answer.status == 404);
    CHECK(Json::parse(answer.body)["error"]["message"] == std::string("cannot find the operation '") + id + "'");
    CHECK(f.ask("GET", std::string("/v1/operations/") + id + "/events").status == 404);
  }
  const auto wrong = f.ask("POST", "/v1/operations/op-1");
  CHECK(wrong.status == 405);
  CHECK(wrong.headers.get("Allow") == "GET, DELETE");
  const auto cancelled = f.ask("DELETE", "/v1/operations/op-1");
  CHECK(cancelled.status == 202);
  CHECK(cancelled.headers.get("Location") == "/v1/operations/op-1");
  CHECK(run_task(f.io, f.engine.wait("op-1")).state == OperationState::cancelled);
  CHECK(f.ask("DELETE", "/v1/operations/op-1").status == 202);  // twice is the same as once
}

TEST_CASE("events are replayed from any place, followed, and end with the operation") {
  Fixture f;
  f.engine.start("work", Json{{"lines", 1000}});
  CHECK(f.sequence(0, 1001) == from_to(1, 1001));
  CHECK(f.sequence(900, 5) == from_to(901, 905));
  f.end();
  CHECK(f.sequence(0) == from_to(1, 1002));
  CHECK(f.sequence(1001) == from_to(1002, 1002));
  CHECK(f.sequence(1002).empty());
  CHECK(f.sequence(5000).empty());
  for (const char* after : {"x", "-1", "", "1.5"}) {
    const auto answer = f.ask("GET", std::string("/v1/operations/op-1/events?after=") + after);
    CHECK(answer.status == 400);
    CHECK(answer.body.find("'after' must be a whole number") != std::string::npos);
  }
}

TEST_CASE("readers that read nothing hold up nobody, and get all once they read") {
  Fixture f;
  constexpr std::uint64_t lines = 20'000, events = lines + 2;
  std::vector<net::local::stream_protocol::socket> slow;
  for (int i = 0; i < 20; ++i) {
    slow.emplace_back(f.io);
    slow.back().connect(net::local::stream_protocol::endpoint(f.path));
    const std::string text = "GET /v1/operations/op-1/events HTTP/1.0\r\n\r\n";
    net::write(slow.back(), net::buffer(text));
  }
  f.engine.start("work", Json{{"lines", lines}});
  CHECK(f.sequence(0, lines + 1) == from_to(1, lines + 1));
  CHECK(f.ask("GET", "/v1/operations").status == 200);
  f.end();
  CHECK(run_task(f.io, f.engine.wait("op-1")).state == OperationState::done);
  std::string all;
  boost::system::error_code end;
  net::async_read(slow.front(), net::dynamic_buffer(all),
                  [&](boost::system::error_code error, std::size_t) { end = error; });
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  f.io.restart();
  while (!end && std::chrono::steady_clock::now() < until) f.io.run_one_until(until);
  CHECK(end == net::error::eof);
  std::uint64_t found = 0;
  for (auto at = all.find("\"seq\":"); at != std::string::npos; at = all.find("\"seq\":", at + 1)) {
    ++found;
    CHECK(std::stoull(all.substr(at + 6)) == found);
  }
  CHECK(found == events);
}
