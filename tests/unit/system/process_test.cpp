#include <doctest/doctest.h>
#include <signal.h>

#include <chrono>

#include "core/task_group.hpp"
#include "protocol/error.hpp"
#include "support/run_task.hpp"
#include "support/temporary_folder.hpp"
#include "system/process_runner.hpp"

using namespace gf;
using gf::test::run_task;

namespace {

ProcessSpec shell(std::string script) {
  ProcessSpec spec;
  spec.program = "sh";
  spec.arguments = {"-c", std::move(script)};
  return spec;
}

ProcessResult run(ProcessSpec spec, LineSink on_line = {}) {
  net::io_context io;
  PosixProcessRunner runner;
  return run_task(io, runner.run(std::move(spec), std::move(on_line)));
}

Task<> run_and_forget(ProcessRunner& runner, ProcessSpec spec, LineSink on_line) {
  auto running = runner.run(std::move(spec), std::move(on_line));
  co_await std::move(running);
}

}  // namespace

TEST_CASE("process: exit codes, signals, output and errors apart, input, environment and folder") {
  CHECK(run(shell("exit 3")).exit_code == 3);
  CHECK(run(shell("kill -KILL $$")).exit_code == 137);
  auto spec = shell("cat; echo $WORD; pwd; echo bad >&2");
  spec.input = "given\n";
  spec.environment = {{"WORD", "added"}};
  spec.directory = "/";
  const auto result = run(std::move(spec));
  CHECK(result.output == "given\nadded\n/\n");
  CHECK(result.errors == "bad\n");
}

TEST_CASE("process: lines arrive whole, the last one without its end too; big output does not block") {
  std::vector<std::string> lines;
  run(shell("printf 'one\\ntwo\\nthree'"), [&](OutputStream, std::string_view line) { lines.emplace_back(line); });
  CHECK(lines == std::vector<std::string>{"one", "two", "three"});
  const auto big = run(shell("head -c 5000000 /dev/zero; exit 4"));
  CHECK(big.exit_code == 4);
  CHECK(big.output.size() == 1 << 20);
}

TEST_CASE("process: a program that does not exist is named") {
  ProcessSpec spec;
  spec.program = "no-such-program-here";
  try {
    run(std::move(spec));
    FAIL("not refused");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::not_found);
    CHECK(error.message() == "cannot run no-such-program-here: No such file or directory");
  }
}

TEST_CASE("process: cancelling ends the whole group, grandchildren included") {
  net::io_context io;
  PosixProcessRunner runner;
  TaskGroup group(io.get_executor());
  pid_t grandchild = 0;
  auto spec = shell("(trap '' TERM; while :; do sleep 1; done) & echo $!; wait");
  group.spawn("run", run_and_forget(runner, std::move(spec), [&](OutputStream, std::string_view line) {
                grandchild = static_cast<pid_t>(std::stol(std::string(line)));
              }));
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (grandchild == 0 && std::chrono::steady_clock::now() < until) io.run_one_until(until);
  REQUIRE(grandchild > 0);
  run_task(io, group.stop());
  // A killed process stays visible until its new parent has reaped it.
  bool gone = false;
  while (!gone && std::chrono::steady_clock::now() < until) gone = ::kill(grandchild, 0) != 0;
  CHECK(gone);
}

TEST_CASE("process: printable can be pasted into a shell") {
  ProcessSpec spec;
  spec.program = "kind";
  spec.arguments = {"create", "--name", "it's here", ""};
  CHECK(printable(spec) == "kind create --name 'it'\\''s here' ''");
}
