#include "api/program_relay.hpp"

#include "core/task_group.hpp"
#include "protocol/exec_frame.hpp"

namespace gf::api {

namespace {

/// From the client into the program, until either ends.
Task<> feed(http::Stream& client, container::ExecStream& program) {
  ExecFrameReader frames;
  std::string chunk(64 << 10, '\0');
  for (;;) {
    auto reading = client.read_some(chunk.data(), chunk.size());
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
  program.close();  // the client went away: so does its program's input
}

}  // namespace

Task<> relay_program(std::unique_ptr<container::ExecStream> program, http::Responder& responder) {
  http::Response head;
  head.status = 101;
  head.headers.set("Upgrade", "gf-exec");
  head.headers.set("Connection", "Upgrade");
  auto upgrading = responder.upgrade(std::move(head));
  const auto client = co_await std::move(upgrading);
  auto executor = co_await net::this_coro::executor;
  TaskGroup feeding(executor);
  feeding.spawn("feed the program", feed(*client, *program));
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
