#include "node/pod_program.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "support/run_task.hpp"

using namespace gf;
using namespace gf::node;

namespace {

const std::string piped =
    "time=\"2026-11-24T23:22:28Z\" level=fatal msg=\"execing command in container 1bfb: command terminated with exit "
    "code 3\"\n";
const std::string typed =
    "\033[31mFATA\033[0m[0006] execing command in container a32b: command terminated with exit code 7 \r\n";

struct Passed {
  std::string text;
  std::optional<int> code;
};

/// Fails as the engine does, and has no second end to tell: a socket would wait for it for ever.
class Failing final : public container::ExecStream {
 public:
  Task<std::optional<container::ExecPiece>> read() override {
    ++asked_;
    if (asked_ > 2) throw std::logic_error("asked again after the end");
    if (asked_ == 2) co_return std::nullopt;
    co_return container::ExecPiece{true, line};
  }
  Task<> write(std::string_view) override { co_return; }
  Task<> finish_writing() override { co_return; }
  Task<> resize(int, int) override { co_return; }
  Task<int> exit_code() override { co_return 1; }
  void close() override {}

  static constexpr const char* line =
      "time=\"now\" level=fatal msg=\"execing command in container 1bfb: container is in CONTAINER_EXITED state\"\n";

 private:
  int asked_ = 0;
};

/// Given in pieces of `size`.
Passed pass(const std::string& said, std::size_t size) {
  CrictlEnd end(said.find('\033') != said.npos);
  Passed passed;
  for (std::size_t at = 0; at < said.size(); at += size) passed.text += end.pass(said.substr(at, size));
  passed.text += end.finish();
  passed.code = end.exit_code();
  return passed;
}

}  // namespace

TEST_CASE("what crictl says at the end of a command is no output of the command, and holds its exit code") {
  struct Row {
    std::string said, text;
    std::optional<int> code;
  };
  const Row rows[] = {
      {"", "", std::nullopt},
      {"one\ntwo", "one\ntwo", std::nullopt},
      {piped, "", 3},
      {"ERROR: no such table\n" + piped, "ERROR: no such table\n", 3},
      {"without an end" + piped, "without an end", 3},
      {"exit\r\n" + typed, "exit\r\n", 7},
      // Lines like it that the command itself wrote.
      {"time=\"now\" level=info msg=\"a log\"\nmore\n", "time=\"now\" level=info msg=\"a log\"\nmore\n", std::nullopt},
      {"time=\"now\" level=info msg=\"a log\"\n", "time=\"now\" level=info msg=\"a log\"\n", std::nullopt},
      {piped + "more\n", piped + "more\n", std::nullopt},
      {piped + piped, piped, 3},
      {"what time", "what time", std::nullopt},
      {"\033[31mred\033[0m", "\033[31mred\033[0m", std::nullopt},
  };
  for (const auto& row : rows)
    for (const std::size_t size : {1, 2, 7, 64, 4096}) {
      CAPTURE(row.said);
      CAPTURE(size);
      const auto passed = pass(row.said, size);
      CHECK(passed.text == row.text);
      CHECK(passed.code == row.code);
    }
}

TEST_CASE("on a terminal nothing that shows is held back that cannot be its line") {
  CrictlEnd end(true);
  CHECK(end.pass("example=> ") == "example=> ");
  CHECK(end.pass("t") == "t");
  CHECK(end.pass("\033[31mF") == "");
  CHECK(end.pass("ine\033[0m") == "\033[31mFine\033[0m");
}

TEST_CASE("what crictl itself failed with is told, and then the end") {
  auto program = pod_program(std::make_unique<Failing>(), false);
  auto body = [&]() -> Task<> {
    auto reading = program->read();
    const auto said = co_await std::move(reading);
    CHECK(said.has_value());
    CHECK(said.value_or(container::ExecPiece{}).bytes == Failing::line);
    for (int i = 0; i < 2; ++i) {
      auto again = program->read();
      const auto end = co_await std::move(again);
      CHECK_FALSE(end.has_value());
    }
    auto asking = program->exit_code();
    const int code = co_await std::move(asking);
    CHECK(code == 1);
  };
  net::io_context io;
  test::run_task(io, body());
}
