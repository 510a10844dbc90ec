#include "backup/transfer.hpp"

#include <boost/asio/error.hpp>

#include "core/task_group.hpp"
#include "core/with_timeout.hpp"
#include "protocol/error.hpp"

namespace gf::backup {

namespace {

constexpr std::size_t kept_words = 4 << 10;
constexpr auto grace = std::chrono::seconds(12);  // redis-cli waits up to ten for an answer to half a command
constexpr const char* replacing_word = "replacing\n";

void keep_end(std::string& text, const std::string& more) {
  text += more;
  if (text.size() > kept_words) text.erase(0, text.size() - kept_words);
}

void write_piece(std::shared_ptr<FileSink> sink, std::string bytes) { sink->write(bytes); }

void digest_piece(std::shared_ptr<Sha256> digest, std::string bytes) { digest->update(bytes); }

}  // namespace

Task<ScriptEnd> Transfer::dump(container::ExecStream& script, std::shared_ptr<FileSink> sink,
                               operation::Context& step) {
  ScriptEnd end;
  auto finishing = script.finish_writing();
  co_await std::move(finishing);
  std::string gathered;
  for (bool more = true; more;) {
    auto reading = script.read();
    const auto piece = co_await std::move(reading);
    more = piece.has_value();
    if (piece && piece->is_error) keep_end(end.errors, piece->bytes);
    if (piece && !piece->is_error) gathered += piece->bytes;
    if (more && gathered.size() < piece_bytes) continue;
    auto writing = offload(workers_, &write_piece, sink, std::move(gathered));
    co_await std::move(writing);
    gathered.clear();
    step.progress(sink->bytes(), 0, "bytes");
  }
  auto asking = script.exit_code();
  end.exit_code = co_await std::move(asking);
  co_return end;
}

Task<> Transfer::feed(container::ExecStream& script, std::filesystem::path file, std::uint64_t bytes, Feeding& feeding,
                      operation::Context& step) {
  std::uint64_t offset = 0;
  for (;;) {
    std::string piece;
    try {
      auto reading = offload(workers_, &read_piece, file, offset);
      piece = co_await std::move(reading);
    } catch (const Error&) {
      feeding.unreadable = std::current_exception();
      script.close();
      throw;
    }
    if (piece.empty()) break;
    auto writing = script.write(piece);
    co_await std::move(writing);
    offset += piece.size();
    step.progress(offset, bytes, "bytes");
  }
  auto finishing = script.finish_writing();
  co_await std::move(finishing);
  feeding.whole = offset == bytes;
}

Task<> Transfer::listen(container::ExecStream& script, ScriptEnd& end) {
  std::string output;
  for (;;) {
    auto reading = script.read();
    const auto piece = co_await std::move(reading);
    if (!piece) break;
    if (piece->is_error)
      keep_end(end.errors, piece->bytes);
    else
      keep_end(output, piece->bytes);
    end.replacing = end.replacing || output.find(replacing_word) != std::string::npos;
  }
  auto asking = script.exit_code();
  end.exit_code = co_await std::move(asking);
}

Task<> Transfer::restore(container::ExecStream& script, std::filesystem::path file, std::uint64_t bytes, ScriptEnd& end,
                         operation::Context& step) {
  Feeding fed;
  TaskGroup feeding(executor_);  // when the script ends before it has read everything, it says why
  feeding.spawn("feed the script", feed(script, std::move(file), bytes, fed, step));
  std::exception_ptr thrown;
  try {
    auto listening = listen(script, end);
    co_await std::move(listening);
  } catch (...) {
    thrown = std::current_exception();
  }
  // Whoever cancelled us has cancelled every wait to come: but for this.
  if (thrown) co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
  auto stopping = feeding.stop();
  co_await std::move(stopping);
  if (thrown && !fed.unreadable) {
    try {
      auto finishing = script.finish_writing();
      co_await std::move(finishing);
      auto listening = with_timeout(clock_, grace, "", listen(script, end));
      co_await std::move(listening);
    } catch (...) {
      // The connection is gone, or the script takes its time: `end` says that nothing is known.
    }
  }
  script.close();
  if (fed.unreadable) std::rethrow_exception(fed.unreadable);
  if (thrown) std::rethrow_exception(thrown);
  if (!fed.whole && end.exit_code == 0) end.exit_code.reset();
}

Task<> Transfer::verify(std::filesystem::path file, Content content, operation::Context& step) {
  auto digest = std::make_shared<Sha256>();
  std::uint64_t offset = 0;
  for (;;) {
    auto reading = offload(workers_, &read_piece, file, offset);
    auto piece = co_await std::move(reading);
    if (piece.empty()) break;
    offset += piece.size();
    auto digesting = offload(workers_, &digest_piece, digest, std::move(piece));
    co_await std::move(digesting);
    step.progress(offset, content.bytes, "bytes");
  }
  if (Content{offset, digest->hex()} != content)
    throw Error(ErrorCode::internal,
                "cannot use the backup: " + file.string() + " is not what was written (its SHA-256 differs)",
                "gf backup list");
}

}  // namespace gf::backup
