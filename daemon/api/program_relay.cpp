#include "api/program_relay.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>

#include "core/task_group.hpp"
#include "protocol/exec_frame.hpp"

namespace gf::api {

namespace {

constexpr std::string_view interrupt = "\x03", end_of_input = "\x04";  // what Ctrl-C and Ctrl-D send
constexpr auto interrupt_time = std::chrono::milliseconds(300);

/// The terminal in the pod outlives ours, and whoever waits at a prompt there would wait for ever. An interrupt throws
/// away what was typed ahead: the end of the input follows when it has done so. What the program says to that finds
/// nobody any more, which must not cut us short.
Task<> hang_up(container::ExecStream& program) {
  co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
  auto interrupting = program.write(interrupt);
  co_await std::move(interrupting);
  net::steady_timer pause(co_await net::this_coro::executor, interrupt_time);
  co_await pause.async_wait(net::use_awaitable);
  auto ending = program.write(end_of_input);
  co_await std::move(ending);
}

/// 0 also when the client was killed in the middle.
Task<std::size_t> read_from(http::Stream& client, std::string& chunk) {
  try {
    auto reading = client.read_some(chunk.data(), chunk.size());
    co_return co_await std::move(reading);
  } catch (const boost::system::system_error& error) {
    if (error.code() == net::error::operation_aborted) throw;
    co_return 0;
  }
}

/// From the client into the program, until either ends.
Task<> feed(http::Stream& client, container::ExecStream& program, bool tty) {
  ExecFrameReader frames;
  std::string chunk(64 << 10, '\0');
  for (;;) {
    auto reading = read_from(client, chunk);
    const auto count = co_await std::move(reading);
    if (count == 0) break;
    frames.add(std::string_view(chunk).substr(0, count));
    while (const auto frame = frames.next()) {
      if (frame->type == ExecFrameType::input) {
        auto writing = program.write(frame->payload);
        co_await std::move(writing);
      } else if (frame->type == ExecFrameType::input_end) {
        auto finishing = program.finish_writing();
        co_await std::move(finishing);
      } else if (frame->type == ExecFrameType::resize) {
        const auto size = number_of(*frame);
        auto resizing = program.resize(static_cast<int>(size >> 16), static_cast<int>(size & 0xffff));
        co_await std::move(resizing);
      }
    }
  }
  if (tty) {
    auto hanging_up = hang_up(program);
    co_await std::move(hanging_up);
  }
  program.close();  // the client went away: so does its program's input
}

}  // namespace

Task<> relay_program(std::unique_ptr<container::ExecStream> program, bool tty, http::Responder& responder) {
  http::Response head;
  head.status = 101;
  head.headers.set("Upgrade", "gf-exec");
  head.headers.set("Connection", "Upgrade");
  auto upgrading = responder.upgrade(std::move(head));
  const auto client = co_await std::move(upgrading);
  auto executor = co_await net::this_coro::executor;
  TaskGroup feeding(executor);
  feeding.spawn("feed the program", feed(*client, *program, tty));
  std::exception_ptr thrown;
  try {
    for (;;) {
      auto reading = program->read();
      const auto piece = co_await std::move(reading);
      if (!piece) break;
      const auto frame = encode(piece->is_error ? ExecFrameType::errors : ExecFrameType::output, piece->bytes);
      auto writing = client->write(frame);
      co_await std::move(writing);
    }
    auto asking = program->exit_code();
    const auto last = encode_exit(co_await std::move(asking));
    auto writing = client->write(last);
    co_await std::move(writing);
  } catch (...) {
    thrown = std::current_exception();
  }
  // A client that went away has cancelled us, and what is cancelled cannot wait: but for this.
  if (thrown) co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
  auto stopping = feeding.stop();
  co_await std::move(stopping);
  client->close();
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace gf::api
