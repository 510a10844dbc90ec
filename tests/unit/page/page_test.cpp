#include "page/page.hpp"

#include <doctest/doctest.h>

#include "protocol/error.hpp"
#include "support/manual_clock.hpp"
#include "support/run_task.hpp"

using namespace gf;

namespace {

/// A page before a server that answers with what it was asked.
struct Fixture {
  net::io_context io;
  test::ManualClock clock;
  PosixFileSystem files;
  http::Server upstream{io.get_executor(), [](const http::Request& request, http::Responder& responder) {
                          http::Response response;
                          response.status = request.target.find("bad") == std::string::npos ? 200 : 422;
                          response.body = request.method + ' ' + request.target +
                                          (request.headers.get("Authorization") ? " with the token" : "");
                          return responder.respond(std::move(response));
                        }};
  int prometheus = upstream.port();
  page::Page page{{io.get_executor(), clock, files,
                   [this](const std::string& endpoint) { return endpoint == "prometheus" ? prometheus : 0; }},
                  GF_SOURCE_DIR};
  int port = 0;

  Fixture() { upstream.start(); }
  ~Fixture() {
    test::run_task(io, page.stop());
    test::run_task(io, upstream.stop());
  }

  std::string new_code() {
    const auto url = page.open("metrics");
    port = std::stoi(url.substr(url.find(':', 6) + 1));
    CHECK(url.starts_with("http://127.0.0.1:" + std::to_string(port) + "/#metrics?code="));
    return url.substr(url.find('=') + 1);
  }
  http::Response send(const std::string& method, const std::string& target, const std::string& body = {},
                      const std::string& token = {}) {
    http::Endpoint endpoint;
    endpoint.host = "127.0.0.1";
    endpoint.port = port;
    http::Client client(io.get_executor(), std::move(endpoint));
    http::Request request;
    request.method = method;
    request.target = target;
    request.body = body;
    if (!token.empty()) request.headers.set("Authorization", "Bearer " + token);
    return test::run_task(io, client.send(std::move(request)));
  }
};

}  // namespace

TEST_CASE("page: files for everybody, and none beside them") {
  Fixture fixture;
  fixture.new_code();
  const auto index = fixture.send("GET", "/");
  CHECK(index.status == 200);
  CHECK(index.headers.get("Content-Type") == "text/html; charset=utf-8");
  CHECK(index.headers.get("Content-Security-Policy").value_or("").starts_with("default-src 'self'"));
  CHECK(index.body.find("/web/page.js") != std::string::npos);
  for (const char* there : {"/web/page.js", "/web/metrics.js", "/web/traces.js", "/web/page.css",
                            "/web/vendor/uPlot.iife.min.js", "/web/vendor/uPlot.min.css", "/dashboards"})
    CHECK(fixture.send("GET", there).status == 200);
  for (const char* not_there :
       {"/web/none.js", "/web/..%2Fscripts%2Ftest", "/web/%2Fetc%2Fpasswd", "/web/.%2Findex.html", "/web/..",
        "/dashboards/..%2F..%2Fkustomization.yaml", "/v1/status", "/web/vendor"})
    CHECK(fixture.send("GET", not_there).status == 404);
  CHECK(fixture.send("POST", "/web/page.js").status == 405);
}

TEST_CASE("page: data for those who came with an address of the daemon's, and only by the questions it knows") {
  Fixture fixture;
  const auto code = fixture.new_code();
  CHECK(fixture.send("GET", "/data/metrics/query?query=up").status == 403);
  CHECK(fixture.send("GET", "/data/metrics/query?query=up", "", code).status == 403);
  CHECK(fixture.send("POST", "/session", "guessed").status == 403);
  const auto token = fixture.send("POST", "/session", code).body;
  CHECK(fixture.send("POST", "/session", code).status == 403);

  CHECK(fixture.send("GET", "/data/metrics/query?query=a%2Bb", "", token).body == "GET /api/v1/query?query=a%2Bb");
  CHECK(fixture.send("GET", "/data/metrics/query_range?start=1", "", token).body == "GET /api/v1/query_range?start=1");
  CHECK(fixture.send("GET", "/data/metrics/values/a%2Fb", "", token).body == "GET /api/v1/label/a%2Fb/values");
  CHECK(fixture.send("GET", "/data/metrics/query?query=bad", "", token).status == 422);
  CHECK(fixture.send("GET", "/data/metrics/admin", "", token).status == 404);

  const auto off = fixture.send("GET", "/data/traces/services", "", token);
  CHECK(off.status == 404);
  CHECK(off.body.find("gf addon enable jaeger") != std::string::npos);
  fixture.prometheus = 1;  // nobody listens there
  CHECK(fixture.send("GET", "/data/metrics/query", "", token).body.find("cannot reach prometheus") !=
        std::string::npos);
}

TEST_CASE("page: what cannot be shown is said before a browser is opened") {
  Fixture fixture;
  CHECK_THROWS_WITH_AS(fixture.page.open("traces"), "cannot show this: jaeger is off", Error);
  CHECK_THROWS_WITH_AS(fixture.page.open("logs"), "cannot open 'logs'", Error);
}
