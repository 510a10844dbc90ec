#include <doctest/doctest.h>

#include "load/tally.hpp"
#include "protocol/error.hpp"

using namespace gf;
using namespace gf::cli;
using std::chrono::microseconds;

TEST_CASE("latencies: a quantile is at most 1 % above what was added, over the whole range") {
  for (const std::int64_t value : {0, 1, 255, 256, 257, 1000, 12345, 999999, 1000000, 600000000}) {
    CAPTURE(value);
    Latencies latencies;
    latencies.add(microseconds(value));
    latencies.add(microseconds(3600000000));  // so that the maximum does not cap it
    CHECK(latencies.quantile(0.5).count() >= value);
    CHECK(latencies.quantile(0.5).count() <= value + value / 100);
    CHECK(latencies.max() == microseconds(3600000000));
  }
}

TEST_CASE("latencies: quantiles of a thousand values, and what there is of none") {
  Latencies latencies;
  CHECK(latencies.quantile(0.99) == microseconds(0));
  CHECK(latencies.mean() == microseconds(0));
  for (int i = 1000; i >= 1; --i) latencies.add(microseconds(i * 1000));
  struct {
    double share;
    int least;
  } rows[] = {{0, 1000}, {0.001, 1000}, {0.5, 500000}, {0.95, 950000}, {0.99, 990000}, {1, 1000000}};
  for (const auto& row : rows) {
    CAPTURE(row.share);
    CHECK(latencies.quantile(row.share).count() >= row.least);
    CHECK(latencies.quantile(row.share).count() <= row.least + row.least / 100);
  }
  CHECK(latencies.quantile(1) == latencies.max());
  CHECK(latencies.mean() == microseconds(500500));
  CHECK(latencies.count() == 1000);
  latencies.add(microseconds(-5));
  CHECK(latencies.quantile(0) == microseconds(0));
}

TEST_CASE("load stays on loopback") {
  struct {
    const char *url, *address;
    int port;
    const char* host;
  } taken[] = {{"http://localhost:8000", "127.0.0.1", 8000, "localhost:8000"},
               {"http://localhost/", "127.0.0.1", 80, "localhost"},
               {"http://api.shop.localhost:8080", "127.0.0.1", 8080, "api.shop.localhost:8080"},
               {"http://127.0.0.9:1", "127.0.0.9", 1, "127.0.0.9:1"},
               {"http://[::1]:65535", "::1", 65535, "[::1]:65535"},
               {"http://[::1]", "::1", 80, "[::1]"}};
  for (const auto& row : taken) {
    CAPTURE(row.url);
    const auto target = load_target(row.url);
    CHECK(target.address == row.address);
    CHECK(target.port == row.port);
    CHECK(target.host == row.host);
  }
  const std::pair<const char*, const char*> refused[] = {{"http://example.com", "loopback"},
                                                         {"http://192.168.0.1:80", "loopback"},
                                                         {"http://0.0.0.0:80", "loopback"},
                                                         {"http://[::]:80", "loopback"},
                                                         {"http://127.1:80", "loopback"},
                                                         {"http://localhost.example.com", "loopback"},
                                                         {"http://a@localhost:80", "loopback"},
                                                         {"http://notlocalhost", "loopback"},
                                                         {"http://example.com\r\n.localhost", "loopback"},
                                                         {"http://", "loopback"},
                                                         {"https://localhost", "no address of http"},
                                                         {"http://localhost:80/a", "has a path"},
                                                         {"http://localhost?a", "has a path"},
                                                         {"http://localhost:0", "no port"},
                                                         {"http://localhost:65536", "no port"},
                                                         {"http://localhost:8a", "no port"},
                                                         {"http://localhost:", "no port"}};
  for (const auto& [url, reason] : refused) {
    CAPTURE(url);
    try {
      load_target(url);
      FAIL("it was taken");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::usage);
      CHECK(error.message().find(reason) != std::string::npos);
      CHECK_FALSE(error.hint().empty());
    }
  }
}

TEST_CASE("a path that could not stand in a request is told") {
  CHECK(path_problem("/a/b?c=d%20e") == "");
  for (const auto* path : {"", "a", "/a b", "/a\r\nHost: b", "/ü"}) {
    CAPTURE(path);
    CHECK_FALSE(path_problem(path).empty());
  }
}

TEST_CASE("a plan says how many requests are due, and when each is") {
  LoadPlan plan;
  plan.rate = 50;
  plan.duration = Seconds(2);
  CHECK(plan.total() == 100);
  struct {
    double elapsed;
    std::uint64_t due;
  } rows[] = {{-1, 1}, {0, 1}, {0.01, 1}, {0.03, 2}, {1.01, 51}, {1.99, 100}, {2, 100}, {9, 100}};
  for (const auto& row : rows) {
    CAPTURE(row.elapsed);
    CHECK(plan.due(Seconds(row.elapsed)) == row.due);
  }
  CHECK(plan.time_of(0) == Seconds(0));
  CHECK(plan.time_of(75) == Seconds(1.5));
  plan.rate = 1;
  plan.duration = Seconds(0.1);
  CHECK(plan.total() == 1);
}

TEST_CASE("what is told of a load: answers by status, errors by reason, and what nobody answered") {
  LoadPlan plan;
  plan.target = load_target("http://[::1]:8000");
  plan.path = "/x";
  LoadTally tally;
  tally.due = 10;
  tally.elapsed = Seconds(2);
  auto json = load_json(plan, tally);
  CHECK(json.at("latency_ms").is_null());
  CHECK(json.at("left") == 10);
  for (const int status : {200, 200, 503}) {
    ++tally.statuses[status];
    tally.latencies.add(microseconds(2000));
  }
  tally.errors["the connection was closed"] = 4;
  CHECK(tally.answered() == 3);
  CHECK(tally.unanswered() == 4);
  CHECK(tally.left() == 3);
  CHECK(live_line(tally) == "1.5/s  3 answered, 1 of them 4xx or 5xx, 4 errors  p50 2.0 ms  p95 2.0 ms  p99 2.0 ms");
  const auto text = load_table(plan, tally);
  for (const auto* part : {"http://[::1]:8000/x", "3 of 10, 1.5/s", "status 200", "status 503",
                           "4, the connection was closed", "not sent, or not answered by the end", "p99", "2.0 ms"}) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
  json = load_json(plan, tally);
  CHECK(json.at("statuses") == Json{{"200", 2}, {"503", 1}});
  CHECK(json.at("errors") == Json{{"the connection was closed", 4}});
  CHECK(json.at("latency_ms").at("p50") == 2.0);
  tally.due = 5;  // the time was taken before the last answers
  CHECK(tally.left() == 0);
}
