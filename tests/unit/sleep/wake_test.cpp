#include <deque>

#include "world.hpp"

namespace gf::sleep {

TEST_CASE("an app wakes after who it needs, ready before the next; who waits shares one wake") {
  World world;
  world.lull();
  Beside one(world.io, world.sleeper->wake("shop/api")), two(world.io, world.sleeper->wake("shop/api"));
  world.rest();
  CHECK(one.ended);
  CHECK(two.ended);
  CHECK(world.done() == "raise redis, wait redis, raise shop/api, wait shop/api");
  CHECK(world.all_awake());
  CHECK(world.warnings.empty());
}

TEST_CASE("those that need nothing of each other wake at once; those who are awake are left alone") {
  World world;
  world.cluster.all["postgres"].after = std::chrono::seconds(30);
  world.cluster.all["kafka"].after = std::chrono::seconds(30);
  world.cluster.all.at("shop/api").needs = {"redis", "postgres", "kafka"};
  world.lull();
  world.cluster.all.at("kafka").asleep = false;
  world.cluster.hanging = {"wait redis"};
  Beside task(world.io, world.sleeper->wake("shop/api"));
  world.rest();
  CHECK(world.done() == "raise postgres, raise redis, wait postgres, wait redis");
  world.cluster.release();
  world.rest();
  CHECK(task.ended);
  CHECK(world.done() == "raise postgres, raise redis, wait postgres, wait redis, raise shop/api, wait shop/api");
  CHECK(world.cluster.wrong.empty());
}

TEST_CASE("what is awake is ready at once, and so is what nobody knows") {
  World world;
  Beside api(world.io, world.sleeper->admit("shop/api")), other(world.io, world.sleeper->wake("other"));
  world.rest();
  CHECK(api.ended);
  CHECK(other.ended);
  CHECK(world.done().empty());
}

TEST_CASE("who wakes keeps awake who it needs, though that was not used for long") {
  World world;
  world.pass(39);  // redis would fall asleep in a second
  world.cluster.hanging = {"wait shop/api"};
  Beside task(world.io, world.sleeper->wake("shop/api"));
  world.pass(60);
  CHECK(world.done() == "lay shop/api, raise shop/api, wait shop/api");
  world.cluster.release();
  world.rest();
  CHECK(task.ended);
  CHECK(world.cluster.wrong.empty());
}

TEST_CASE("a failure is told to all who wait, stands in the status, and the next one tries again") {
  World world;
  world.lull();
  world.cluster.failing["wait redis"] = "cannot start redis: it crashes";
  Beside one(world.io, world.sleeper->admit("shop/api")), two(world.io, world.sleeper->admit("shop/api"));
  world.rest();
  REQUIRE(one.failed);
  REQUIRE(two.failed);
  CHECK(one.failed->message() == "cannot start redis: it crashes");
  CHECK(world.sleeper->trouble("shop/api") == "cannot start redis: it crashes");
  CHECK(world.sleeper->trouble("redis") == "cannot start redis: it crashes");
  CHECK(world.warnings == std::vector<std::string>{"redis: it does not wake: cannot start redis: it crashes",
                                                   "shop/api: it does not wake: cannot start redis: it crashes"});
  CHECK(world.cluster.all.at("shop/api").asleep);
  world.cluster.failing.clear();
  world.cluster.all.at("redis").ready = true;
  Beside again(world.io, world.sleeper->admit("shop/api"));
  world.rest();
  CHECK(again.ended);
  CHECK_FALSE(again.failed);
  CHECK(world.sleeper->trouble("shop/api").empty());
}

TEST_CASE("connections are held in a bounded number and for a bounded time; the wake goes on") {
  World world;
  world.lull();
  world.cluster.hanging = {"wait redis"};
  std::deque<Beside> held;
  for (std::size_t i = 0; i < Sleeper::most_held + 2; ++i)
    held.emplace_back(world.io, world.sleeper->admit("shop/api"));
  world.rest();
  CHECK_FALSE(held.front().ended);
  REQUIRE(held.back().failed);
  CHECK(held.back().failed->code() == ErrorCode::conflict);
  CHECK(world.warnings ==
        std::vector<std::string>{"shop/api: 64 connections wait until it is awake: further ones are closed"});
  world.pass(119);
  CHECK_FALSE(held.front().ended);
  world.pass(2);
  REQUIRE(held.front().failed);
  CHECK(held.front().failed->code() == ErrorCode::timed_out);
  CHECK(world.warnings.back() == "shop/api: it was not awake after 120 s: a connection to it was closed");
  Beside late(world.io, world.sleeper->admit("shop/api"));
  world.cluster.release();
  world.rest();
  CHECK(late.ended);
  CHECK_FALSE(late.failed);
  CHECK(world.all_awake());
}

TEST_CASE("roused: all have their replicas, nobody waits until they are ready") {
  World world;
  world.lull();
  Beside task(world.io, world.sleeper->rouse({"shop/api"}));
  world.rest();
  CHECK(task.ended);
  CHECK(world.done() == "raise redis, raise shop/api");
}

TEST_CASE("who waits is cancelled at every step: the wake goes on, and what was woken sleeps again in its time") {
  for (int steps = 0; steps < 40; ++steps) {
    CAPTURE(steps);
    World world;
    world.lull();
    Beside task(world.io, world.sleeper->admit("shop/api"));
    world.io.restart();
    for (int i = 0; i < steps; ++i) world.io.poll_one();
    task.signal.emit(net::cancellation_type::terminal);
    world.rest();
    CHECK(task.ended);
    if (!world.cluster.done.empty()) CHECK(world.all_awake());
    CHECK(world.warnings.empty());
    Beside next(world.io, world.sleeper->admit("shop/api"));
    world.rest();
    CHECK(next.ended);
    CHECK_FALSE(next.failed);
    CHECK(world.all_awake());
    CHECK(world.cluster.wrong.empty());
    world.pass(45);  // no use was forgotten
    CHECK(world.cluster.all.at("redis").asleep);
  }
}

TEST_CASE("the daemon ends at every step of a wake: the next one wakes what still sleeps") {
  for (int steps = 0; steps < 40; ++steps) {
    CAPTURE(steps);
    World world;
    world.lull();
    {
      Beside task(world.io, world.sleeper->wake("shop/api"));
      world.io.restart();
      for (int i = 0; i < steps; ++i) world.io.poll_one();
      task.signal.emit(net::cancellation_type::terminal);
      test::run_task(world.io, world.sleeper->stop());
      world.rest();
      CHECK(task.ended);
    }
    world.start();
    for (auto& [name, one] : world.cluster.all) one.ready = true;  // what was raised has become ready by itself
    Beside next(world.io, world.sleeper->wake("shop/api"));
    world.rest();
    CHECK(next.ended);
    CHECK_FALSE(next.failed);
    CHECK(world.all_awake());
    CHECK(world.cluster.wrong.empty());
  }
}

}  // namespace gf::sleep
