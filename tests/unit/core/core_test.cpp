#include <doctest/doctest.h>

#include "core/digest.hpp"
#include "core/offload.hpp"
#include "core/task_group.hpp"
#include "core/when_all.hpp"
#include "core/with_timeout.hpp"
#include "protocol/error.hpp"
#include "support/manual_clock.hpp"
#include "support/run_task.hpp"

using namespace gf;
using gf::test::ManualClock;
using gf::test::run_task;

namespace {

Task<int> number(int value) { co_return value; }
Task<> fail(std::string why) {
  throw Error(ErrorCode::build_failed, why);
  co_return;
}
Task<> wait_on(Signal& signal, bool& cancelled) {
  try {
    co_await signal.wait();
  } catch (const boost::system::system_error&) {
    cancelled = true;
    throw;
  }
}
int twice(int value) { return 2 * value; }
std::string shout(std::string text) { return text + "!"; }
void refuse() { throw Error(ErrorCode::not_found, "cannot find it"); }

}  // namespace

TEST_CASE("when_all: values come in the order of the tasks") {
  net::io_context io;
  std::vector<Task<int>> tasks;
  for (int i = 0; i < 5; ++i) tasks.push_back(number(i));
  CHECK(run_task(io, when_all(std::move(tasks))) == std::vector<int>{0, 1, 2, 3, 4});
}

TEST_CASE("when_all: the first failure cancels the rest and is the one that is rethrown") {
  net::io_context io;
  Signal never(io.get_executor());
  bool cancelled = false;
  std::vector<Task<>> tasks;
  tasks.push_back(wait_on(never, cancelled));
  tasks.push_back(fail("the compiler says no"));
  CHECK_THROWS_WITH_AS(run_task(io, when_all(std::move(tasks))), "the compiler says no", Error);
  CHECK(cancelled);
}

TEST_CASE("offload: values, exceptions and the way home") {
  net::io_context io;
  WorkerPool workers;
  CHECK(run_task(io, offload(workers, &twice, 21)) == 42);
  CHECK(run_task(io, offload(workers, &shout, std::string("a long enough string to own memory"))) ==
        "a long enough string to own memory!");
  CHECK_THROWS_AS(run_task(io, offload(workers, &refuse)), Error);
}

TEST_CASE("task group: stop cancels and waits; failures are reported by name") {
  net::io_context io;
  std::string failed;
  TaskGroup group(io.get_executor(), [&](const std::string& name, std::exception_ptr) { failed += name; });
  Signal never(io.get_executor());
  bool cancelled = false;
  group.spawn("waiter", wait_on(never, cancelled));
  group.spawn("broken", fail("cannot"));
  io.poll();
  CHECK(group.size() == 1);
  run_task(io, group.stop());
  CHECK(cancelled);
  CHECK(failed == "broken");
  CHECK(group.size() == 0);
}

TEST_CASE("with_timeout: the deadline cancels the task and says so") {
  net::io_context io;
  ManualClock clock;
  Signal never(io.get_executor());
  bool cancelled = false;
  std::exception_ptr thrown;
  net::co_spawn(io, with_timeout(clock, std::chrono::seconds(5), "cannot wait longer", wait_on(never, cancelled)),
                [&](std::exception_ptr error) { thrown = error; });
  io.poll();
  clock.advance(std::chrono::seconds(4));
  io.poll();
  CHECK_FALSE(thrown);
  clock.advance(std::chrono::seconds(1));
  io.restart();
  io.poll();
  REQUIRE(thrown);
  CHECK(error_from(thrown).code() == ErrorCode::timed_out);
  CHECK(cancelled);
}

TEST_CASE("sha256 of a known text; random passwords differ") {
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(random_alnum(24).size() == 24);
  CHECK(random_alnum(24) != random_alnum(24));
}
