#include "load/generator.hpp"

#include <csignal>

#include "core/with_timeout.hpp"
#include "protocol/error.hpp"

namespace gf::cli {

namespace {

constexpr auto answer_time = std::chrono::seconds(10);
constexpr auto frame_time = std::chrono::milliseconds(200);

}  // namespace

LoadGenerator::LoadGenerator(net::io_context& io, LoadPlan plan)
    : io_(io),
      plan_(std::move(plan)),
      signals_(io, SIGINT, SIGTERM),
      lanes_(io.get_executor(),
             [this](const std::string&, std::exception_ptr thrown) {
               failure_ = thrown;
               lanes_.cancel();
             }),
      beside_(io.get_executor()) {}

Task<> LoadGenerator::run(std::function<void(const LoadTally&)> show) {
  began_ = clock_.now();
  for (int i = 0; i < plan_.connections; ++i) lanes_.spawn("lane", lane());
  beside_.spawn("signals", on_signal());
  if (show) beside_.spawn("frames", show_often(std::move(show)));
  auto joining = lanes_.join();
  co_await std::move(joining);
  auto stopping = beside_.stop();
  co_await std::move(stopping);
  take_time();
  if (failure_) std::rethrow_exception(failure_);
}

Task<> LoadGenerator::lane() {
  http::Endpoint to;
  to.host = plan_.target.address;
  to.port = plan_.target.port;
  http::Client client(io_.get_executor(), to);
  const auto end = at(plan_.duration);
  while (next_ < plan_.total() && clock_.now() < end) {
    const auto due = at(plan_.time_of(next_++));
    auto waiting = clock_.sleep_until(due);
    co_await std::move(waiting);
    auto asking = ask(client, due);
    co_await std::move(asking);
  }
}

Task<> LoadGenerator::ask(http::Client& client, Clock::time_point due) {
  int status = 0;
  std::string reason;
  try {
    auto asking = with_timeout(clock_, answer_time, "none within 10 s", fetch(client, status));
    co_await std::move(asking);
  } catch (const boost::system::system_error& error) {
    if (error.code() == net::error::operation_aborted) throw;
    reason = error.code() == net::error::eof ? "the connection was closed" : error.code().message();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::timed_out) throw;
    reason = error.message();
  }
  if (!reason.empty()) {
    ++tally_.errors[reason];
    co_return;
  }
  ++tally_.statuses[status];
  tally_.latencies.add(std::chrono::duration_cast<Latencies::Duration>(clock_.now() - due));
}

/// Reads the body to its end and keeps nothing of it.
Task<> LoadGenerator::fetch(http::Client& client, int& status) {
  http::Request request;
  request.target = plan_.path;
  request.headers.set("Host", plan_.target.host);
  request.headers.set("User-Agent", "gf-load");
  auto opening = client.open(std::move(request));
  const auto answer = co_await std::move(opening);
  for (;;) {
    auto reading = answer->read();
    const auto piece = co_await std::move(reading);
    if (!piece) break;
  }
  status = answer->head().status;
}

Task<> LoadGenerator::on_signal() {
  co_await signals_.async_wait(net::use_awaitable);
  tally_.interrupted = true;
  lanes_.cancel();
}

Task<> LoadGenerator::show_often(std::function<void(const LoadTally&)> show) {
  for (;;) {
    auto waiting = clock_.sleep_for(frame_time);
    co_await std::move(waiting);
    take_time();
    show(tally_);
  }
}

void LoadGenerator::take_time() {
  tally_.elapsed = clock_.now() - began_;
  tally_.due = plan_.due(tally_.elapsed);
}

Clock::time_point LoadGenerator::at(Seconds since_begin) const {
  return began_ + std::chrono::duration_cast<Clock::duration>(since_begin);
}

}  // namespace gf::cli
