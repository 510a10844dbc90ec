#include "api/feed.hpp"

#include <doctest/doctest.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "api/routes.hpp"
#include "http/client.hpp"
#include "support/manual_clock.hpp"
#include "support/run_task.hpp"
#include "support/temporary_folder.hpp"

// The feed, and its route over a real socket.
using namespace gf;
using gf::api::Feed;
using gf::test::run_task;

namespace {

std::vector<Json> events_in(const std::string& lines) {
  std::vector<Json> events;
  for (std::size_t at = 0; at < lines.size();) {
    const auto end = lines.find('\n', at);
    events.push_back(Json::parse(lines.substr(at, end - at)));
    at = end + 1;
  }
  return events;
}

Json numbered(int number) {
  Json event;
  event["number"] = number;
  return event;
}

void add_some(Feed& feed, int count) {
  for (int i = 1; i <= count; ++i) feed.add("save", numbered(i));
}

struct Served {
  net::io_context io;
  test::ManualClock clock;
  test::TemporaryFolder folder;
  Feed feed{io.get_executor(), clock, {.events = 100, .bytes = 1 << 20, .at_once = 10}};
  std::string path = (folder.path() / "socket").string();
  std::unique_ptr<http::Server> server;
  std::unique_ptr<http::Client> client;

  Served() {
    api::Routes routes;
    api::add_event_route(feed, routes);
    server = std::make_unique<http::Server>(io.get_executor(), path, http::make_router(std::move(routes)));
    server->start();
    http::Endpoint endpoint;
    endpoint.unix_path = path;
    client = std::make_unique<http::Client>(io.get_executor(), endpoint);
  }
  ~Served() {
    client.reset();
    run_task(io, server->stop());
  }
  http::Response ask(const std::string& query) {
    http::Request request;
    request.target = "/v1/events" + query;
    return run_task(io, client->send(std::move(request)));
  }
};

}  // namespace

TEST_CASE("events are numbered without gaps, and read on from any of them") {
  net::io_context io;
  test::ManualClock clock;
  Feed feed(io.get_executor(), clock);
  const auto base = feed.last();
  CHECK(feed.read(0).lines.empty());
  CHECK(feed.read(0).last == base);
  add_some(feed, 3);
  CHECK(feed.last() == base + 3);
  const auto all = feed.read(0);
  CHECK(all.last == base + 3);
  const auto events = events_in(all.lines);
  REQUIRE(events.size() == 3);
  for (std::size_t i = 0; i < events.size(); ++i) {
    CHECK(events[i].at("seq") == base + i + 1);
    CHECK(events[i].at("type") == "save");
    CHECK(events[i].at("number") == i + 1);
  }
  CHECK(events_in(feed.read(base + 2).lines).size() == 1);
  CHECK(feed.read(base + 3).lines.empty());
}

TEST_CASE("the ring is bounded by number and by bytes; who comes too late is told what is missing") {
  net::io_context io;
  test::ManualClock clock;
  Feed few(io.get_executor(), clock, {.events = 5, .bytes = 1 << 20, .at_once = 3});
  const auto base = few.last();
  add_some(few, 20);
  const auto piece = few.read(base + 2);
  const auto events = events_in(piece.lines);
  REQUIRE(events.size() == 4);  // the gap, and as many as are given at once
  CHECK(events[0].at("type") == "missed");
  CHECK(events[0].at("from") == base + 3);
  CHECK(events[0].at("seq") == base + 15);
  CHECK(events[1].at("seq") == base + 16);
  CHECK(piece.last == base + 18);
  CHECK(events_in(few.read(piece.last).lines).size() == 2);
  // Who just wants what there is has missed nothing.
  CHECK(events_in(few.read(0).lines).front().at("type") == "save");
  Feed small(io.get_executor(), clock, {.events = 1000, .bytes = 300, .at_once = 1000});
  add_some(small, 100);
  CHECK(small.read(0).lines.size() <= 300);
  Json large;
  large["text"] = std::string(1000, 'x');
  small.add("warning", std::move(large));
  CHECK(events_in(small.read(0).lines).size() == 1);  // the newest is always there
}

TEST_CASE("the numbers of a later daemon lie above those of a former one") {
  net::io_context io;
  test::ManualClock clock;
  Feed former(io.get_executor(), clock);
  add_some(former, 3);
  clock.advance(std::chrono::seconds(1));
  const Feed later(io.get_executor(), clock);
  CHECK(later.last() > former.last());
  const auto events = events_in(later.read(former.last()).lines);
  REQUIRE(events.size() == 1);
  CHECK(events[0].at("type") == "missed");
}

TEST_CASE("the route replays, ends or follows, and refuses what makes no sense") {
  Served f;
  const auto base = f.feed.last();
  CHECK(f.ask("?follow=false").body.empty());
  add_some(f.feed, 25);
  CHECK(events_in(f.ask("?follow=false").body).size() == 25);
  CHECK(events_in(f.ask("?follow=false&after=" + std::to_string(base + 20)).body).size() == 5);
  for (const char* query : {"?after=x", "?after=-1", "?follow=maybe"}) CHECK(f.ask(query).status == 400);
  const auto early = f.ask("?after=" + std::to_string(base + 26));
  CHECK(early.status == 400);
  CHECK(Json::parse(early.body)["error"]["hint"] == "gf events --after 0 begins with the oldest that is kept");
  http::Request request;
  request.target = "/v1/events?after=" + std::to_string(base + 25);
  const auto stream = run_task(f.io, f.client->open(request));
  f.feed.add("warning", numbered(26));
  const auto line = run_task(f.io, stream->read_line());
  REQUIRE(line);
  CHECK(Json::parse(*line)["number"] == 26);
  stream->close();
}

TEST_CASE("a reader that reads nothing delays nobody, and learns what it missed") {
  Served f;
  net::local::stream_protocol::socket slow(f.io);
  slow.connect(net::local::stream_protocol::endpoint(f.path));
  const std::string text = "GET /v1/events HTTP/1.0\r\n\r\n";
  net::write(slow, net::buffer(text));
  for (int i = 1; i <= 20'000; ++i) {
    Json event = numbered(i);
    event["text"] = std::string(500, 'x');
    f.feed.add("warning", std::move(event));
    if (i % 100 == 0) f.io.poll();
    if (f.io.stopped()) f.io.restart();
  }
  CHECK(events_in(f.ask("?follow=false").body).size() == 100);
  std::string all;
  boost::system::error_code end;
  net::async_read(slow, net::dynamic_buffer(all), net::transfer_at_least(1 << 20),
                  [&](boost::system::error_code error, std::size_t) { end = error ? error : net::error::eof; });
  auto until = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  f.io.restart();
  while (!end && std::chrono::steady_clock::now() < until) f.io.run_one_until(until);
  boost::system::error_code ignored;
  slow.close(ignored);
  f.io.restart();
  f.io.poll();
  CHECK(all.find("\"missed\"") != std::string::npos);
  CHECK(all.find("\"number\":20000") != std::string::npos);
}
