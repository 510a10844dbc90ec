#pragma once
#include <doctest/doctest.h>

#include "operation/engine.hpp"
#include "protocol/error.hpp"
#include "support/manual_clock.hpp"
#include "support/memory_file_system.hpp"
#include "support/run_task.hpp"

namespace gf::operation::test {

using gf::test::run_task;

/// An engine whose "work" operation takes as many seconds as its steps, one second each, and can be told to fail.
struct Fixture {
  net::io_context io;
  gf::test::ManualClock clock;
  gf::test::MemoryFileSystem files;
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

}  // namespace gf::operation::test
