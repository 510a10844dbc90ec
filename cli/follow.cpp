#include "follow.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <iostream>

#include "core/backoff.hpp"
#include "core/clock.hpp"
#include "core/task_group.hpp"

namespace gf::cli {

namespace {

constexpr auto frame_time = std::chrono::milliseconds(66);  // at most 15 frames in a second
constexpr auto bridge = std::chrono::seconds(30);

/// Draws over its former frame.
class Screen {
 public:
  void draw(const std::vector<std::string>& lines) {
    std::string text;
    if (drawn_ > 0) text += "\033[" + std::to_string(drawn_) + 'A';
    for (const auto& line : lines) text += "\r\033[K" + line + '\n';
    text += "\033[J";
    std::cout << text << std::flush;
    drawn_ = lines.size();
  }

 private:
  std::size_t drawn_ = 0;
};

class Follower {
 public:
  Follower(Session& session, const Output& output, std::string id)
      : session_(session),
        output_(output),
        id_(std::move(id)),
        signals_(session.io(), SIGINT, SIGTERM),
        beside_(session.io().get_executor()) {}

  Task<> run() {
    beside_.spawn("signals", on_signal());
    if (output_.tty && !output_.json) beside_.spawn("frames", redraw());
    std::exception_ptr thrown;
    try {
      auto reading = read_to_the_end();
      co_await std::move(reading);
    } catch (...) {
      thrown = std::current_exception();
    }
    auto stopping = beside_.stop();
    co_await std::move(stopping);
    if (output_.tty && !output_.json) draw();
    if (thrown) std::rethrow_exception(thrown);
  }

  Json result() const {
    if (end_.error) throw *end_.error;
    return end_.result;
  }

 private:
  Task<> read_to_the_end() {
    Backoff backoff(std::chrono::milliseconds(50), std::chrono::seconds(1));
    auto until = clock_.now() + bridge;
    while (!ended_) {
      const auto seen = after_;
      try {
        auto reading = read_events();
        co_await std::move(reading);
      } catch (const boost::system::system_error& error) {
        if (error.code() == net::error::operation_aborted) throw;
      }
      if (ended_) break;
      if (after_ != seen) until = clock_.now() + bridge;
      if (clock_.now() > until)
        throw Error(ErrorCode::daemon_unavailable, "cannot reach the daemon any more: " + id_ + " goes on without us",
                    "gf operation show " + id_);
      auto waiting = clock_.sleep_for(backoff.next());
      co_await std::move(waiting);
    }
  }

  Task<> read_events() {
    http::Request request;
    request.target = "/v1/operations/" + id_ + "/events?after=" + std::to_string(after_);
    auto opening = session_.client().open(std::move(request));
    const auto answer = co_await std::move(opening);
    if (answer->head().status != 200)
      throw Error(ErrorCode::not_found, "cannot find the operation " + id_, "gf operation list");
    for (;;) {
      auto reading = answer->read_line();
      const auto line = co_await std::move(reading);
      if (!line) co_return;
      take(event_from_json(parse_json(*line, "an event")));
    }
  }

  void take(const Event& event) {
    after_ = event.seq;
    tree_.add(event);
    if (output_.json)
      std::cout << dump(to_json(event)) << std::endl;
    else if (!output_.tty)
      if (const auto line = tree_.plain(event); !line.empty()) std::cout << line << std::endl;
    if (event.type != EventType::operation || !ended(operation_state_from(event.state))) return;
    ended_ = true;
    end_ = event;
    if (!end_.error && event.state == "cancelled") end_.error = Error(ErrorCode::cancelled, id_ + " was cancelled");
  }

  Task<> on_signal() {
    co_await signals_.async_wait(net::use_awaitable);
    std::cerr << (output_.tty ? "\r" : "") << "cancelling; press Ctrl-C again to leave at once\n";
    http::Request request;
    request.method = "DELETE";
    request.target = "/v1/operations/" + id_;
    auto sending = session_.client().send(std::move(request));
    co_await std::move(sending);
    co_await signals_.async_wait(net::use_awaitable);
    ::_exit(130);
  }

  Task<> redraw() {
    for (;;) {
      draw();
      auto waiting = clock_.sleep_for(frame_time);
      co_await std::move(waiting);
    }
  }

  void draw() {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) size = {24, 80, 0, 0};
    auto lines = tree_.lines(clock_.wall_seconds(), size.ws_col, output_.color);
    // What does not fit above the cursor could not be drawn over: the end of the tree is what moves.
    if (!ended_ && lines.size() + 1 > size.ws_row) lines.erase(lines.begin(), lines.end() - (size.ws_row - 1));
    screen_.draw(lines);
  }

  Session& session_;
  const Output& output_;
  std::string id_;
  SystemClock clock_;
  net::signal_set signals_;
  TaskGroup beside_;
  ProgressTree tree_;
  Screen screen_;
  std::uint64_t after_ = 0;
  bool ended_ = false;
  Event end_;
};

}  // namespace

Json follow(Session& session, const Output& output, const std::string& id) {
  Follower follower(session, output, id);
  session.run(follower.run());
  return follower.result();
}

}  // namespace gf::cli
