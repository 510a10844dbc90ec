#include "fixture.hpp"

using namespace gf;
using namespace gf::operation;
using gf::operation::test::Fixture;
using gf::test::run_task;

TEST_CASE("operation: runs its steps with their times and keeps its result") {
  Fixture f;
  const auto started = f.engine->start("work", Json{{"steps", 2}});
  CHECK(started.id == "op-1");
  CHECK(started.state == OperationState::running);
  f.tick();
  f.tick();
  const auto ended = run_task(f.io, f.engine->wait("op-1"));
  CHECK(ended.state == OperationState::done);
  CHECK(ended.result == Json{{"answer", 42}});
  CHECK(f.transcript("op-1") == "running step 0:running step 0:done step 1:running step 1:done done ");
  for (const auto& event : run_task(f.io, f.engine->events("op-1", 0)))
    if (event.state == "done" && event.type == EventType::step) CHECK(event.seconds == doctest::Approx(1.0));
}

TEST_CASE("operation: a failure is its end, with the error") {
  Fixture f;
  f.engine->start("work", Json{{"fails", true}});
  f.tick();
  const auto ended = f.engine->get("op-1");
  CHECK(ended.state == OperationState::failed);
  REQUIRE(ended.error);
  CHECK(ended.error->code() == ErrorCode::build_failed);
}

TEST_CASE("operation: cancelled at every step, it ends as cancelled and frees its keys") {
  for (int at = 0; at < 3; ++at) {
    Fixture f;
    f.engine->start("work", Json{{"steps", 3}});
    for (int i = 0; i < at; ++i) f.tick();
    f.turn();
    f.engine->cancel("op-1");
    f.turn();
    CHECK(f.engine->get("op-1").state == OperationState::cancelled);
    CHECK(f.transcript("op-1").ends_with("step " + std::to_string(at) + ":running cancelling step " +
                                         std::to_string(at) + ":cancelled cancelled "));
    CHECK(f.engine->start("work", Json{{"steps", 1}}).id == "op-2");
  }
}

TEST_CASE("operation: two that hold the same key: the second is refused by the first one's name") {
  Fixture f;
  f.engine->start("work", Json{{"name", "shop"}});
  CHECK_NOTHROW(f.engine->start("work", Json{{"name", "other"}}));
  try {
    f.engine->start("work", Json{{"name", "shop"}});
    FAIL("not refused");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::conflict);
    CHECK(error.message() == "cannot start work of 'shop': op-1 (work of 'shop') is still running");
    CHECK(error.hint() == "gf operation cancel op-1");
  }
}

TEST_CASE("events: replayed from any place; a reader that is late gets all, one that is ahead waits") {
  Fixture f;
  f.engine->start("work", Json{{"steps", 1}});
  f.tick();
  const auto all = run_task(f.io, f.engine->events("op-1", 0));
  for (std::size_t after = 0; after <= all.size(); ++after) {
    const auto rest = run_task(f.io, f.engine->events("op-1", after));
    REQUIRE(rest.size() == all.size() - after);
    if (!rest.empty()) CHECK(rest.front().seq == after + 1);
  }
}

TEST_CASE("events are given a few at once, so that a reader holds no more than these") {
  Fixture f;
  f.engine->start("work", Json{{"steps", 1000}});
  for (int i = 0; i < 1000; ++i) f.tick();
  std::uint64_t after = 0;
  for (;;) {
    const auto events = run_task(f.io, f.engine->events("op-1", after));
    if (events.empty()) break;
    REQUIRE(events.size() <= events_at_once);
    CHECK(events.front().seq == after + 1);
    after = events.back().seq;
  }
  CHECK(after == f.engine->get("op-1").last_event);
}

TEST_CASE("only the newest hundred that have ended are kept, on disk too") {
  Fixture f;
  for (int i = 0; i < 120; ++i) {
    f.engine->start("work", Json{{"steps", 0}});
    f.turn();
  }
  CHECK(f.engine->list().size() <= 101);
  CHECK(f.engine->list().front().id == "op-120");
  CHECK_FALSE(f.files.read("/ops/op-1/operation.json"));
}

TEST_CASE("who listens hears every event of every operation, with what it is about") {
  Fixture f;
  std::vector<std::string> heard;
  f.engine->on_event([&](const Operation& operation, const Json& parameters, const Event& event) {
    heard.push_back(operation.id + ' ' + parameters.value("name", "") + ' ' + std::to_string(event.seq) + ' ' +
                    event.state);
  });
  f.engine->start("work", Json{{"name", "shop"}});
  f.tick();
  const std::vector<std::string> expected{"op-1 shop 1 running", "op-1 shop 2 running", "op-1 shop 3 done",
                                          "op-1 shop 4 done"};
  CHECK(heard == expected);
}
