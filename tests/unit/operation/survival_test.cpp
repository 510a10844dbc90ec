#include "fixture.hpp"

// Kills, damage and full disks: what is on disk afterwards is gone on with.
using namespace gf;
using namespace gf::operation;
using gf::operation::test::Fixture;
using gf::test::run_task;

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

TEST_CASE("after a kill in the middle of a write the events go on without a gap, over any number of starts") {
  Fixture f;
  f.engine->start("work", Json{{"steps", 2}});
  f.tick();
  const auto before = run_task(f.io, f.engine->events("op-1", 0)).size();
  run_task(f.io, f.engine->stop());
  for (const std::string torn : {"{\"seq\": 99, \"ty", "{\"seq\": 99, \"type\": \"log\"}", "\xff\n", "[]\n"}) {
    f.files.files["/ops/op-1/events.ndjson"] += torn;
    f.make_engine();
    f.engine->resume();
    f.turn();
    run_task(f.io, f.engine->stop());
  }
  f.make_engine();
  f.engine->resume();
  f.tick();
  f.tick();
  const auto all = run_task(f.io, f.engine->events("op-1", 0));
  CHECK(all.size() > before + 4 * 3);  // each start closes a step and begins it again
  for (std::size_t i = 0; i < all.size(); ++i) CHECK(all[i].seq == i + 1);
  CHECK(all.back().state == "done");
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

TEST_CASE("a corrupt journal entry is set aside for good, the others are read") {
  Fixture f;
  f.engine->start("work", Json::object());
  f.tick();
  const std::string damaged = "{\"operation\": {\"id\"";
  f.files.files["/ops/op-7/operation.json"] = damaged;
  f.make_engine();
  CHECK(f.engine->resume() == std::vector<std::filesystem::path>{"/ops/op-7.corrupt"});
  for (int start = 0; start < 3; ++start) {
    CHECK(f.engine->list().size() == 1);
    CHECK(f.files.read("/ops/op-7.corrupt") == damaged);
    f.make_engine();
    CHECK(f.engine->resume().empty());
  }
}

TEST_CASE("parameters that make no sense end their operation, not the daemon") {
  Fixture f;
  f.engine->start("work", Json::object());
  f.turn();
  run_task(f.io, f.engine->stop());
  auto& text = f.files.files["/ops/op-1/operation.json"];
  auto whole = Json::parse(text);
  for (const auto& parameters : {Json(7), Json{{"name", 7}}}) {
    whole["parameters"] = parameters;
    text = whole.dump();
    f.make_engine();
    f.engine->resume();
    CHECK(f.engine->get("op-1").state == OperationState::failed);
    whole["operation"]["state"] = "running";
  }
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

TEST_CASE("a disk that is full when the daemon starts: what was cut off ends as failed, with the reason") {
  Fixture f;
  f.engine->start("work", Json::object());
  f.turn();
  run_task(f.io, f.engine->stop());
  f.files.files["/ops/op-1/events.ndjson"] += "{torn";
  f.files.fail_after = 0;
  f.make_engine();
  f.engine->resume();
  const auto ended = f.engine->get("op-1");
  CHECK(ended.state == OperationState::failed);
  REQUIRE(ended.error);
  CHECK(ended.error->code() == ErrorCode::state_unwritable);
}
