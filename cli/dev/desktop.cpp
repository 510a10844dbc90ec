#include "dev/desktop.hpp"

#include "core/clock.hpp"
#include "core/with_timeout.hpp"
#include "protocol/error.hpp"
#include "system/process_runner.hpp"

namespace gf::cli {

namespace {

constexpr auto limit = std::chrono::seconds(5);

Task<> run(ProcessSpec spec) {
  PosixProcessRunner processes;
  auto running = processes.run(std::move(spec));
  co_await std::move(running);
}

}  // namespace

Task<bool> notify_desktop(std::string title, std::string text) {
  SystemClock clock;
  ProcessSpec spec;
  spec.program = "notify-send";
  spec.arguments.assign({"--app-name=gf", "--", std::move(title), std::move(text)});
  bool is_there = true;
  try {
    auto running = run(std::move(spec));
    auto limited = with_timeout(clock, limit, "cannot wait longer for notify-send", std::move(running));
    co_await std::move(limited);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) throw;
    is_there = error.code() != ErrorCode::not_found;
  }
  co_return is_there;
}

}  // namespace gf::cli
