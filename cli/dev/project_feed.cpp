#include "dev/project_feed.hpp"

#include <boost/asio/error.hpp>

#include "core/clock.hpp"
#include "event_stream.hpp"

namespace gf::cli {

namespace {
constexpr auto pause = std::chrono::seconds(1);
}

ProjectFeed::ProjectFeed(Session& session, DevView& view, Sinks sinks)
    : session_(session), view_(view), sinks_(std::move(sinks)), changed_(session.io().get_executor()) {}

void ProjectFeed::start(TaskGroup& tasks, int logs_back) {
  tasks.spawn("read the events", read_feed());
  tasks.spawn("read the logs", read_logs(logs_back));
  tasks.spawn("look again after missed events", keep_fresh());
}

Task<> ProjectFeed::read_feed() {
  const std::function<bool(const Json&)> take_each = [this](const Json& event) {
    take(event);
    return true;
  };
  auto reading = read_events(session_.client(), 0, true, take_each);
  co_await std::move(reading);
}

void ProjectFeed::take(const Json& event) {
  const auto before = trouble_names(view_);
  const bool is_news = view_.is_news(event);
  view_.take_event(event);
  if (event.value("type", "") == "missed") stale_ = true;
  if (stale_ || event.contains("now")) {
    ++changes_;
    changed_.notify_all();
  }
  if (const auto words = notification(before, trouble_names(view_)); is_news && !words.empty()) sinks_.alert(words);
  sinks_.event(event);
}

/// The status says what the missed events would have.
Task<> ProjectFeed::keep_fresh() {
  SystemClock clock;
  for (;;) {
    while (!stale_) {
      auto waiting = changed_.wait();
      co_await std::move(waiting);
    }
    try {
      http::Request request;
      request.target = "/v1/status";
      auto asking = session_.client().send(std::move(request));
      const auto answer = co_await std::move(asking);
      if (answer.status == 200) {
        view_.take_status(parse_json(answer.body, "the daemon's answer"));
        stale_ = false;
      }
    } catch (const boost::system::system_error& error) {
      if (error.code() == net::error::operation_aborted) throw;
    }
    if (!stale_) continue;
    auto waiting = clock.sleep_for(pause);  // the daemon has just gone: read_feed() says when it stays away
    co_await std::move(waiting);
  }
}

/// True when the daemon had logs to give: there are none as long as the project is not followed.
Task<bool> ProjectFeed::read_logs_once(int back) {
  bool opened = false;
  try {
    http::Request request;
    request.target =
        "/v1/projects/" + http::percent_encode(view_.name) + "/logs?follow=true&tail=" + std::to_string(back);
    auto opening = session_.client().open(std::move(request));
    const auto answer = co_await std::move(opening);
    opened = answer->head().status == 200;
    while (opened) {
      auto reading = answer->read_line();
      const auto line = co_await std::move(reading);
      if (!line) break;
      const auto parsed = parse_json(*line, "a line of the log");
      view_.take_log(parsed);
      sinks_.log(parsed);
    }
  } catch (const boost::system::system_error& error) {
    if (error.code() == net::error::operation_aborted) throw;
  }
  co_return opened;
}

Task<> ProjectFeed::read_logs(int back) {
  for (;;) {
    const auto seen = changes_;
    auto reading = read_logs_once(back);
    const bool opened = co_await std::move(reading);
    if (opened) back = 0;  // what was shown is not shown again
    while (changes_ == seen) {
      auto waiting = changed_.wait();
      co_await std::move(waiting);
    }
  }
}

}  // namespace gf::cli
