#include "dev/dev_session.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <iostream>

#include "core/clock.hpp"
#include "dev/desktop.hpp"
#include "dev/full_screen.hpp"
#include "dev/project_feed.hpp"
#include "log_filter.hpp"
#include "render/event_lines.hpp"

namespace gf::cli {

namespace {

constexpr auto frame_time = std::chrono::milliseconds(50);  // at most 20 frames in a second
constexpr int logs_back = 20;

/// What both faces have: a view that is kept up to date, until end() or an error.
class DevSession {
 public:
  DevSession(Session& session, const DevOptions& options)
      : session_(session),
        options_(options),
        view_(options.project),
        happened_(session.io().get_executor()),
        tasks_(session.io().get_executor(), [this](const std::string&, std::exception_ptr thrown) {
          failed_ = thrown;
          end();
        }) {
    view_.take_status(session.get("/v1/status"));
  }

  /// `begin` starts what a face has beside the feed.
  Task<> run(ProjectFeed::Sinks sinks, std::function<void()> begin) {
    sinks.alert = [this](const std::string& words) {
      if (options_.notify) tasks_.spawn("notify", notify(words));
    };
    ProjectFeed feed(session_, view_, std::move(sinks));
    feed.start(tasks_, logs_back);
    begin();
    while (!ended_) {
      auto waiting = happened_.wait();
      co_await std::move(waiting);
    }
    auto stopping = tasks_.stop();
    co_await std::move(stopping);
    if (failed_) std::rethrow_exception(failed_);
  }

  void end() {
    ended_ = true;
    happened_.notify_all();
  }
  DevView& view() { return view_; }
  TaskGroup& tasks() { return tasks_; }

 private:
  Task<> notify(std::string words) {
    auto showing = notify_desktop("Greenfield: " + options_.project, std::move(words));
    const bool is_there = co_await std::move(showing);
    if (!is_there) view_.notice = "there is no notify-send on this machine: nothing is notified";
  }

  Session& session_;
  const DevOptions& options_;
  DevView view_;
  Signal happened_;
  TaskGroup tasks_;
  std::exception_ptr failed_;
  bool ended_ = false;
};

/// The face on a terminal.
class FullScreenFace {
 public:
  FullScreenFace(Session& session, const Output& output, const DevOptions& options)
      : session_(session),
        output_(output),
        options_(options),
        dev_(session, options),
        changed_(session.io().get_executor()),
        ends_(session.io(), SIGINT, SIGTERM, SIGHUP),
        sizes_(session.io(), SIGWINCH) {}

  int run() {
    ProjectFeed::Sinks sinks;
    sinks.event = sinks.log = [this](const Json&) { touch(); };
    session_.run(dev_.run(std::move(sinks), [this] {
      dev_.tasks().spawn("signals", end_on_signal());
      dev_.tasks().spawn("size", follow_size());
      dev_.tasks().spawn("keys", read_keys());
      dev_.tasks().spawn("frames", draw());
    }));
    return signal_;
  }

 private:
  void touch() {
    dirty_ = true;
    changed_.notify_all();
  }

  Task<> end_on_signal() {
    signal_ = co_await ends_.async_wait(net::use_awaitable);
    dev_.end();
  }

  Task<> follow_size() {
    for (;;) {
      co_await sizes_.async_wait(net::use_awaitable);
      screen_.forget();
      touch();
    }
  }

  Task<> draw() {
    SystemClock clock;
    for (;;) {
      while (!dirty_) {
        auto waiting = changed_.wait();
        co_await std::move(waiting);
      }
      dirty_ = false;
      screen_.draw(compose(dev_.view(), screen_.size(), output_.color));
      auto resting = clock.sleep_for(frame_time);
      co_await std::move(resting);
    }
  }

  /// A descriptor of its own: what waits for it must not make standard output's writes give up.
  Task<> read_keys() {
    net::posix::stream_descriptor keys(session_.io());
    const auto* terminal = ::ttyname(STDIN_FILENO);
    const int opened = terminal ? ::open(terminal, O_RDONLY | O_CLOEXEC | O_NOCTTY) : -1;
    if (opened < 0) co_return;
    keys.assign(opened);
    char key = 0;
    const auto room = net::buffer(&key, 1);
    for (;;) {
      std::size_t count = 0;
      try {
        count = co_await keys.async_read_some(room, net::use_awaitable);
      } catch (const boost::system::system_error& error) {
        if (error.code() == net::error::operation_aborted) throw;
      }
      if (count == 0 || key == 'q') break;  // without a terminal there is nobody who looks
      auto& view = dev_.view();
      view.notice.clear();
      if (key == 'l') view.shows_logs = !view.shows_logs;
      if (key == 'r') dev_.tasks().spawn("up again", up_again());
      touch();
    }
    dev_.end();
  }

  Task<> up_again() {
    Json body;
    body["root"] = options_.root;
    http::Request request;
    request.method = "POST";
    request.target = "/v1/up";
    request.headers.set("Content-Type", "application/json");
    request.body = dump(body);
    try {
      auto asking = session_.client().send(std::move(request));
      const auto answer = co_await std::move(asking);
      if (answer.status >= 300) {
        const auto error = error_of(answer);
        dev_.view().notice = error.message() + (error.cause().empty() ? "" : ": " + error.cause());
      }
    } catch (const boost::system::system_error& error) {
      if (error.code() == net::error::operation_aborted) throw;
      dev_.view().notice = "cannot reach the daemon: " + error.code().message();
    }
    touch();
  }

  Session& session_;
  const Output& output_;
  const DevOptions& options_;
  DevSession dev_;
  Signal changed_;
  net::signal_set ends_, sizes_;
  FullScreen screen_;  ///< after all that may throw as it is made
  bool dirty_ = true;
  int signal_ = 0;
};

}  // namespace

int show_full_screen(Session& session, const Output& output, const DevOptions& options) {
  FullScreenFace face(session, output, options);
  return face.run();
}

void show_lines(Session& session, const Output& output, const DevOptions& options) {
  DevSession dev(session, options);
  EventLines lines;
  const auto say = [&](const std::string& line) {
    if (!line.empty() && !(std::cout << line << std::endl)) dev.end();
  };
  ProjectFeed::Sinks sinks;
  sinks.event = [&](const Json& event) {
    const auto of = event.value("project", "");
    if (!dev.view().is_news(event) || (!of.empty() && of != options.project)) return;
    say(output.json ? dump(event) : lines.line(event));
  };
  sinks.log = [&](const Json& line) {
    say(output.json ? dump(with_record(line)) : line.value("pod", "") + "  " + line.value("line", ""));
  };
  session.run(dev.run(std::move(sinks), [] {}));
}

}  // namespace gf::cli
