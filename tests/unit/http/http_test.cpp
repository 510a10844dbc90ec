#include <doctest/doctest.h>
#include <sys/stat.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "core/when_all.hpp"
#include "http/client.hpp"
#include "http/router.hpp"
#include "protocol/error.hpp"
#include "support/run_task.hpp"
#include "support/temporary_folder.hpp"

using namespace gf;
using gf::test::run_task;
using gf::test::TemporaryFolder;

namespace {

/// A server over a Unix socket with the routes that the tests ask.
struct Fixture {
  net::io_context io;
  TemporaryFolder folder;
  std::string path = (folder.path() / "socket").string();
  Signal never{io.get_executor()};
  bool waiting = false, cancelled = false;
  std::unique_ptr<http::Server> server;
  std::unique_ptr<http::Client> client;

  explicit Fixture(http::ServerLimits limits = {}) {
    std::vector<http::Route> routes;
    routes.push_back({"GET", "/v1/items/{id}", [](http::RouteContext& c) { return item(c); }});
    routes.push_back({"POST", "/v1/echo", [](http::RouteContext& c) { return echo(c); }});
    routes.push_back({"GET", "/v1/stream", [](http::RouteContext& c) { return stream(c); }});
    routes.push_back({"GET", "/v1/wait", [this](http::RouteContext& c) { return wait(c); }});
    routes.push_back({"GET", "/v1/fail", [](http::RouteContext&) { return fail(); }});
    routes.push_back({"POST", "/v1/raw", [](http::RouteContext& c) { return raw(c); }});
    server = std::make_unique<http::Server>(io.get_executor(), path, http::make_router(std::move(routes)), limits);
    server->start();
    client = make_client();
  }
  ~Fixture() {
    client.reset();
    run_task(io, server->stop());
  }
  std::unique_ptr<http::Client> make_client() {
    http::Endpoint endpoint;
    endpoint.unix_path = path;
    return std::make_unique<http::Client>(io.get_executor(), endpoint);
  }
  http::Response ask(std::string method, std::string target, std::string body = {}) {
    http::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.body = std::move(body);
    return run_task(io, client->send(std::move(request)));
  }

  static Task<> item(http::RouteContext& context) {
    http::Response response;
    response.body = context.captures[0] + "|" + context.target.param("after").value_or("none");
    co_await context.responder.respond(std::move(response));
  }
  static Task<> echo(http::RouteContext& context) {
    http::Response response;
    response.body = context.request.body;
    co_await context.responder.respond(std::move(response));
  }
  static Task<> stream(http::RouteContext& context) {
    http::Response head;
    co_await context.responder.begin(std::move(head));
    for (int i = 0; i < 1000; ++i) {
      auto line = "line " + std::to_string(i) + "\n";
      co_await context.responder.write(std::move(line));
    }
    co_await context.responder.end();
  }
  Task<> wait(http::RouteContext&) {
    waiting = true;
    try {
      co_await never.wait();
    } catch (const boost::system::system_error&) {
      cancelled = true;
      throw;
    }
  }
  static Task<> fail() {
    throw Error(ErrorCode::conflict, "cannot do two things at once", "wait");
    co_return;
  }
  static Task<> raw(http::RouteContext& context) {
    http::Response head;
    head.headers.set("Connection", "Upgrade");
    head.headers.set("Upgrade", "raw");
    auto upgrading = context.responder.upgrade(std::move(head));
    const auto stream = co_await std::move(upgrading);
    co_await http::pump(*stream, *stream);
  }
};

/// What a hand-written request is answered with, up to the end of the connection.
std::string raw_answer(Fixture& f, const std::string& text) {
  net::local::stream_protocol::socket socket(f.io);
  socket.connect(net::local::stream_protocol::endpoint(f.path));
  net::write(socket, net::buffer(text));
  std::string answer;
  boost::system::error_code end;
  net::async_read(socket, net::dynamic_buffer(answer),
                  [&](boost::system::error_code error, std::size_t) { end = error; });
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  f.io.restart();
  while (!end && std::chrono::steady_clock::now() < until) f.io.run_one_until(until);
  return answer;
}

}  // namespace

TEST_CASE("http: requests and answers, names and values decoded, the connection kept") {
  Fixture f;
  CHECK(f.ask("GET", "/v1/items/a%20b%2Fc?after=3&x").body == "a b/c|3");
  CHECK(f.ask("GET", "/v1/items/7").body == "7|none");
  const std::string big(1 << 20, 'x');
  CHECK(f.ask("POST", "/v1/echo", big).body == big);
  struct stat seen {};
  REQUIRE(::stat(f.path.c_str(), &seen) == 0);
  CHECK((seen.st_mode & 0777) == 0600);
}

TEST_CASE("http: errors become JSON with their status; unknown paths 404, wrong methods 405 with what is allowed") {
  Fixture f;
  const auto conflict = f.ask("GET", "/v1/fail");
  CHECK(conflict.status == 409);
  CHECK(Json::parse(conflict.body)["error"]["code"] == "conflict");
  CHECK(f.ask("GET", "/v1/nothing").status == 404);
  const auto method = f.ask("DELETE", "/v1/echo");
  CHECK(method.status == 405);
  CHECK(method.headers.get("allow") == "POST");
  CHECK(f.ask("GET", "/v1/items/%zz").status == 400);
}

TEST_CASE("http: a stream is read line by line to its end, and the connection serves again") {
  Fixture f;
  http::Request request;
  request.target = "/v1/stream";
  const auto stream = run_task(f.io, f.client->open(std::move(request)));
  int count = 0;
  while (const auto line = run_task(f.io, stream->read_line())) CHECK(*line == "line " + std::to_string(count++));
  CHECK(count == 1000);
  CHECK(f.ask("GET", "/v1/items/7").status == 200);
}

TEST_CASE("http: chunked uploads arrive whole") {
  Fixture f;
  http::Request request;
  request.method = "POST";
  request.target = "/v1/echo";
  int pieces = 0;
  http::BodySource source = [&pieces]() -> Task<std::optional<std::string>> {
    if (++pieces > 50) co_return std::nullopt;
    co_return std::string(static_cast<std::size_t>(pieces), 'y');
  };
  const auto stream = run_task(f.io, f.client->open(std::move(request), std::move(source)));
  std::string body;
  while (const auto piece = run_task(f.io, stream->read())) body += *piece;
  CHECK(body == std::string(50 * 51 / 2, 'y'));
}

TEST_CASE("http: a handler that only waits is cancelled when its client goes away") {
  Fixture f;
  auto leaving = f.make_client();
  {
    TaskGroup group(f.io.get_executor());
    http::Request request;
    request.target = "/v1/wait";
    auto asking = [](http::Client& client, http::Request asked) -> Task<> { co_await client.send(std::move(asked)); };
    group.spawn("ask", asking(*leaving, std::move(request)));
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    f.io.restart();
    while (!f.waiting && std::chrono::steady_clock::now() < until) f.io.run_one_until(until);
    REQUIRE(f.waiting);
    run_task(f.io, group.stop());
  }
  leaving.reset();
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  f.io.restart();
  while (!f.cancelled && std::chrono::steady_clock::now() < until) f.io.run_one_until(until);
  CHECK(f.cancelled);
}

TEST_CASE("http: malformed, oversized and endless requests are answered and closed") {
  http::ServerLimits limits;
  limits.header_bytes = 1024;
  limits.body_bytes = 2048;
  limits.header_time = std::chrono::seconds(1);
  Fixture f(limits);
  CHECK(raw_answer(f, "nonsense\r\n\r\n").starts_with("HTTP/1.1 400"));
  CHECK(raw_answer(f, "GET / HTTP/1.1\r\nX: " + std::string(4096, 'x') + "\r\n\r\n").starts_with("HTTP/1.1 431"));
  CHECK(raw_answer(f, "POST /v1/echo HTTP/1.1\r\nContent-Length: 99999\r\n\r\n").starts_with("HTTP/1.1 413"));
  CHECK(raw_answer(f, "GET /v1/items/1 HTT").empty());  // closed after header_time
  CHECK(f.ask("GET", "/v1/items/7").status == 200);
}

TEST_CASE("http: two hundred clients at once") {
  Fixture f;
  std::vector<std::unique_ptr<http::Client>> clients;
  std::vector<Task<http::Response>> asking;
  for (int i = 0; i < 200; ++i) {
    clients.push_back(f.make_client());
    http::Request request;
    request.target = "/v1/items/" + std::to_string(i);
    asking.push_back(clients.back()->send(std::move(request)));
  }
  const auto answers = run_task(f.io, when_all(std::move(asking)));
  for (std::size_t i = 0; i < answers.size(); ++i) CHECK(answers[i].body == std::to_string(i) + "|none");
}

TEST_CASE("http: an upgraded connection carries bytes both ways until each side has finished") {
  Fixture f;
  http::Request request;
  request.method = "POST";
  request.target = "/v1/raw";
  request.headers.set("Connection", "Upgrade");
  request.headers.set("Upgrade", "raw");
  const auto stream = run_task(f.io, f.client->upgrade(std::move(request)));
  run_task(f.io, stream->write("hello"));
  run_task(f.io, stream->finish_writing());
  std::string back;
  char buffer[64];
  while (const auto count = run_task(f.io, stream->read_some(buffer, sizeof buffer))) back.append(buffer, count);
  CHECK(back == "hello");
}
