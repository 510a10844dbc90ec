#include "event_stream.hpp"

#include <boost/asio/error.hpp>
#include <utility>

#include "core/backoff.hpp"
#include "core/clock.hpp"

namespace gf::cli {

namespace {

constexpr auto bridge = std::chrono::seconds(30);

struct Position {
  std::uint64_t after = 0;
  bool opened = false;  ///< the daemon has answered
  bool ended = false;   ///< by `take`, or because all are told
};

Task<> read_once(http::Client& client, Position& at, bool follow, const std::function<bool(const Json&)>& take) {
  auto path = "/v1/events?after=" + std::to_string(at.after) + (follow ? "" : "&follow=false");
  auto opening = open_stream(client, std::move(path));
  const auto answer = co_await std::move(opening);
  at.opened = true;
  for (;;) {
    auto reading = answer->read_line();
    const auto line = co_await std::move(reading);
    if (!line) break;
    const auto event = parse_json(*line, "an event");
    at.after = event.value("seq", at.after);
    at.ended = !take(event);
    if (at.ended) co_return;
  }
  at.ended = !follow;
}

}  // namespace

Task<> read_events(http::Client& client, std::uint64_t after, bool follow, std::function<bool(const Json&)> take) {
  SystemClock clock;
  Backoff backoff(std::chrono::milliseconds(50), std::chrono::seconds(1));
  Position at;
  at.after = after;
  auto until = clock.now() + bridge;
  for (;;) {
    try {
      auto reading = read_once(client, at, follow, take);
      co_await std::move(reading);
    } catch (const boost::system::system_error& error) {
      if (error.code() == net::error::operation_aborted) throw;
    }
    if (at.ended) co_return;
    if (std::exchange(at.opened, false)) {
      until = clock.now() + bridge;
      backoff.reset();
    }
    if (clock.now() > until)
      throw Error(ErrorCode::daemon_unavailable, "cannot reach the daemon any more",
                  "gf daemon start; gf events --after " + std::to_string(at.after));
    auto waiting = clock.sleep_for(backoff.next());
    co_await std::move(waiting);
  }
}

}  // namespace gf::cli
