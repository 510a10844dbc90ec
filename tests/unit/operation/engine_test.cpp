#include <doctest/doctest.h>

#include "operation/engine.hpp"
#include "protocol/error.hpp"
#include "support/manual_clock.hpp"
#include "support/memory_file_system.hpp"
#include "support/run_task.hpp"

using namespace gf;
using namespace gf::operation;
using gf::test::ManualClock;
using gf::test::MemoryFileSystem;
using gf::test::run_task;

namespace {

/// An engine whose "work" operation takes as many seconds as its steps, one second each, and can be told to fail.
struct Fixture {
  net::io_context io;
  ManualClock clock;
  MemoryFileSystem files;
  std::unique_ptr<Engine> engine;
  int bodies = 0;

  Fixture() { make_engine(); }
  ~Fixture() { run_task(io, engine->stop()); }

  void make_engine(bool resumes = true) {
    engine = std::make_unique<Engine>(io.get_executor(), clock, files, "/ops");
    Kind kind;
    kind.name = "work";
    kind.subject = [](const Json& parameters) { return parameters.value("name", "shop"); };
    kind.keys = [](const Json& parameters) {
      return std::vector<std::string>{"project/" + parameters.value("name", "shop")};
    };
    kind.body = [this](const Json& parameters) {
      return [this, parameters](Context& context) { return work(context, parameters); };
    };
    kind.resumes = resumes;
    engine->add_kind(std::move(kind));
  }

  Task<Json> work(Context& context, Json parameters) {
    ++bodies;
    for (int i = 0; i < parameters.value("steps", 1); ++i) {
      auto sleep = [this](Context&) { return clock.sleep_for(std::chrono::seconds(1)); };
      auto step = run_step(context, "step " + std::to_string(i), sleep);
      co_await std::move(step);
    }
    if (parameters.value("fails", false)) throw Error(ErrorCode::build_failed, "cannot build");
    Json result{{"answer", 42}};
    co_return result;
  }

  void turn() {
    io.restart();
    io.poll();
  }
  void tick() {
    turn();
    clock.advance(std::chrono::seconds(1));
    turn();
  }
  std::string transcript(const std::string& id) {
    std::string text;
    for (const auto& event : run_task(io, engine->events(id, 0))) {
      if (event.type == EventType::operation) text += event.state + " ";
      if (event.type == EventType::step) text += event.title + ":" + event.state + " ";
    }
    return text;
  }
};

}  // namespace

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

TEST_CASE("after a kill: a resumable operation runs again under its id, its open steps are closed first") {
  Fixture f;
  f.engine->start("work", Json{{"steps", 2}});
  f.tick();
  f.turn();
  const auto disk = f.files.files;  // what a kill -9 at this moment leaves
  run_task(f.io, f.engine->stop());
  for (const std::string torn : {"", "{\"seq\": 99, \"ty"}) {
    f.files.files = disk;
    f.files.files["/ops/op-1/events.ndjson"] += torn;
    f.make_engine();
    f.engine->resume();
    f.tick();
    f.tick();
    CHECK(f.engine->get("op-1").state == OperationState::done);
    CHECK(f.transcript("op-1") ==
          "running step 0:running step 0:done step 1:running step 1:cancelled running "
          "step 0:running step 0:done step 1:running step 1:done done ");
    CHECK(f.engine->start("work", Json::object()).id == "op-2");
    run_task(f.io, f.engine->stop());
  }
  f.files.files = disk;
  f.make_engine(false);
  f.engine->resume();
  CHECK(f.engine->get("op-1").state == OperationState::failed);
}

TEST_CASE("a shutdown leaves what runs in the journal as running") {
  Fixture f;
  f.engine->start("work", Json::object());
  f.turn();
  run_task(f.io, f.engine->stop());
  f.make_engine();
  f.engine->resume();
  f.tick();
  CHECK(f.engine->get("op-1").state == OperationState::done);
  CHECK(f.bodies == 2);
}

TEST_CASE("a corrupt journal entry is set aside, the others are read") {
  Fixture f;
  f.engine->start("work", Json::object());
  f.tick();
  f.files.files["/ops/op-7/operation.json"] = "{\"operation\": {\"id\"";
  f.make_engine();
  f.engine->resume();
  CHECK(f.engine->list().size() == 1);
  CHECK(f.files.read("/ops/op-7.corrupt") == "{\"operation\": {\"id\"");
}

TEST_CASE("a full disk: a start is refused, a running operation goes on in memory and says so") {
  Fixture f;
  f.files.fail_after = 0;
  CHECK_THROWS_AS(f.engine->start("work", Json::object()), Error);
  CHECK(f.engine->list().empty());
  f.files.fail_after = 2;  // operation.json and the first event
  f.engine->start("work", Json::object());
  f.tick();
  CHECK(f.engine->get("op-1").state == OperationState::done);
  bool said = false;
  for (const auto& event : run_task(f.io, f.engine->events("op-1", 0)))
    said |= event.text.find("in memory only") != std::string::npos;
  CHECK(said);
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
