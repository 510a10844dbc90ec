#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <fstream>
#include <list>

#include "backup/transfer.hpp"
#include "core/signal.hpp"
#include "operation/silent.hpp"
#include "protocol/error.hpp"
#include "support/manual_clock.hpp"
#include "support/memory_file_system.hpp"
#include "support/run_task.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace gf;
using namespace gf::backup;
using container::ExecPiece;
using test::run_task;

/// A script in a pod: says what it was given to say, then ends; one that restores ends when its input does.
class FakeScript final : public container::ExecStream {
 public:
  explicit FakeScript(Executor executor) : changed_(executor) {}

  std::list<ExecPiece> says;
  bool waits_for_input = false;          ///< before it ends
  bool stuck = false;                    ///< never ends
  std::size_t room = std::string::npos;  ///< takes no more input from there on
  int code = 0;
  std::string input;
  bool input_ended = false, closed = false;

  Task<std::optional<ExecPiece>> read() override {
    if (!says.empty()) {
      auto piece = says.front();
      says.pop_front();
      co_return piece;
    }
    while ((stuck || (waits_for_input && !input_ended)) && !closed) {
      auto waiting = changed_.wait();
      co_await std::move(waiting);
    }
    co_return std::nullopt;
  }
  Task<> write(std::string_view bytes) override {
    while (input.size() >= room) {
      auto waiting = changed_.wait();
      co_await std::move(waiting);
    }
    input += bytes;
  }
  Task<> finish_writing() override {
    input_ended = true;
    changed_.notify_all();
    co_return;
  }
  Task<> resize(int, int) override { co_return; }
  Task<int> exit_code() override { co_return code; }
  void close() override {
    closed = true;
    changed_.notify_all();
  }

 private:
  Signal changed_;
};

struct Fixture {
  net::io_context io;
  test::ManualClock clock;
  WorkerPool workers;
  test::MemoryFileSystem files;
  test::TemporaryFolder folder;
  operation::Silent step;
  Transfer transfer{io.get_executor(), clock, workers};
  FakeScript script{io.get_executor()};
  ScriptEnd end;

  std::filesystem::path file(const std::string& bytes) {
    std::ofstream(folder.path() / "file") << bytes;
    return folder.path() / "file";
  }
  /// Restores and cancels when nothing moves any more; then time passes. Returns whether it ended as cancelled.
  bool cancelled_restore(const std::string& bytes) {
    net::cancellation_signal cancel;
    bool ended = false, cancelled = false;
    net::co_spawn(io, transfer.restore(script, file(bytes), bytes.size(), end, step),
                  net::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr thrown) {
                    ended = true;
                    cancelled = thrown && error_from(thrown).code() == ErrorCode::cancelled;
                  }));
    io.run_for(std::chrono::milliseconds(200));
    cancel.emit(net::cancellation_type::terminal);
    io.restart();
    io.run_for(std::chrono::milliseconds(100));
    clock.advance(std::chrono::minutes(1));
    io.restart();
    io.run_for(std::chrono::milliseconds(100));
    CHECK(ended);
    return cancelled;
  }
};

}  // namespace

TEST_CASE("transfer: what a script writes is in the file, what it complains of is not") {
  Fixture f;
  f.script.says = {{false, "one "}, {true, "warning"}, {false, std::string(3 * piece_bytes, 'x')}};
  const auto sink = std::make_shared<FileSink>(f.files, "/b/file");
  const auto end = run_task(f.io, f.transfer.dump(f.script, sink, f.step));
  CHECK(end.exit_code == 0);
  CHECK(end.errors == "warning");
  CHECK(f.script.input_ended);
  CHECK(sink->finish().sha256 == sha256_hex("one " + std::string(3 * piece_bytes, 'x')));
}

TEST_CASE("transfer: a full disk ends a dump") {
  Fixture f;
  f.script.says = {{false, "one"}};
  const auto sink = std::make_shared<FileSink>(f.files, "/b/file");
  f.files.fail_after = 0;
  CHECK_THROWS_AS(run_task(f.io, f.transfer.dump(f.script, sink, f.step)), Error);
}

TEST_CASE("transfer: the whole file goes in, and the script's end is told") {
  Fixture f;
  const auto bytes = std::string(2 * piece_bytes, 'x') + "end";
  f.script.waits_for_input = true;
  f.script.code = 3;
  f.script.says = {{false, "repla"}, {false, "cing\n"}, {true, "no room"}};
  run_task(f.io, f.transfer.restore(f.script, f.file(bytes), bytes.size(), f.end, f.step));
  CHECK(f.script.input == bytes);
  CHECK(f.end.exit_code == 3);
  CHECK(f.end.replacing);
  CHECK(f.end.errors == "no room");
}

TEST_CASE("transfer: a file that is not there any more ends the script") {
  Fixture f;
  f.script.waits_for_input = true;
  CHECK_THROWS_AS(run_task(f.io, f.transfer.restore(f.script, "/absent", 5, f.end, f.step)), Error);
  CHECK(f.script.closed);
}

TEST_CASE("transfer: a script that succeeds without the whole file has not succeeded") {
  Fixture f;
  f.script.waits_for_input = true;
  run_task(f.io, f.transfer.restore(f.script, f.file("half"), 8, f.end, f.step));
  CHECK_FALSE(f.end.exit_code);
}

TEST_CASE("transfer: a cancelled restore ends the input and waits for the script to set things right") {
  Fixture f;
  f.script.waits_for_input = true;
  f.script.room = 1;
  f.script.code = 1;
  CHECK(f.cancelled_restore(std::string(3 * piece_bytes, 'x')));
  CHECK(f.script.input.size() == piece_bytes);
  CHECK(f.script.input_ended);
  CHECK(f.end.exit_code == 1);
  CHECK_FALSE(f.end.replacing);
}

TEST_CASE("transfer: a cancelled restore whose script had all it needed tells its success") {
  Fixture f;
  f.script.waits_for_input = true;
  f.script.room = 1;
  CHECK(f.cancelled_restore(std::string(2 * piece_bytes, 'x')));
  CHECK(f.end.exit_code == 0);
}

TEST_CASE("transfer: nothing is known of a script that does not end") {
  Fixture f;
  f.script.stuck = true;
  f.script.says = {{false, "replacing\n"}};
  CHECK(f.cancelled_restore("bytes"));
  CHECK_FALSE(f.end.exit_code);
  CHECK(f.end.replacing);
  CHECK(f.script.closed);
}

TEST_CASE("transfer: a changed file is refused") {
  Fixture f;
  const Content content{5, sha256_hex("bytes")};
  run_task(f.io, f.transfer.verify(f.file("bytes"), content, f.step));
  CHECK_THROWS_AS(run_task(f.io, f.transfer.verify(f.file("bytez"), content, f.step)), Error);
  CHECK_THROWS_AS(run_task(f.io, f.transfer.verify(f.file("bytes and more"), content, f.step)), Error);
}
