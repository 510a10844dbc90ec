#include "world.hpp"

namespace gf::sleep {

TEST_CASE("what is not used falls asleep: the app, and its addon when its own time has passed since") {
  World world;
  world.pass(9);
  CHECK(world.done().empty());
  world.pass(1);
  CHECK(world.done() == "lay shop/api");
  world.pass(29);
  CHECK(world.done() == "lay shop/api");
  world.pass(1);
  CHECK(world.done() == "lay shop/api, lay redis");
  world.pass(100);
  CHECK(world.done() == "lay shop/api, lay redis");
  CHECK(world.cluster.wrong.empty());
}

TEST_CASE("an addon's own time begins when the app falls asleep, whatever the cluster tells while it does") {
  World world;
  world.pass(25);
  world.cluster.all.at("shop/api").asleep = false;  // somebody has woken it: redis is in use again
  world.sleeper->look_again();
  world.rest();
  world.cluster.hanging = {"lay shop/api"};
  world.pass(10);
  CHECK(world.done() == "lay shop/api, lay shop/api");
  world.sleeper->look_again();
  world.pass(20);
  CHECK(world.done() == "lay shop/api, lay shop/api");
  world.cluster.release();
  world.rest();
  world.pass(29);
  CHECK(world.done() == "lay shop/api, lay shop/api");
  world.pass(1);
  CHECK(world.done() == "lay shop/api, lay shop/api, lay redis");
}

TEST_CASE("a use keeps it awake from its start to its end; a touch begins its time anew") {
  World world;
  auto lease = world.sleeper->use("shop/api");
  world.pass(25);
  CHECK(world.done().empty());
  lease.reset();
  world.pass(9);
  CHECK(world.done().empty());
  world.sleeper->touch("shop/api");
  world.pass(9);
  CHECK(world.done().empty());
  world.pass(1);
  CHECK(world.done() == "lay shop/api");
}

TEST_CASE("one that could not be laid to rest is told, and tried again after its time") {
  World world;
  world.cluster.failing["lay shop/api"] = "cannot reach the cluster";
  world.pass(10);
  CHECK(world.warnings == std::vector<std::string>{"shop/api: it cannot be put to sleep: cannot reach the cluster"});
  world.cluster.failing.clear();
  world.pass(10);
  CHECK(world.done() == "lay shop/api, lay shop/api");
  CHECK(world.cluster.all.at("shop/api").asleep);
}

TEST_CASE("a restarted daemon knows who sleeps, and begins to count anew") {
  World world;
  world.pass(15);
  world.restart();
  world.pass(29);
  CHECK(world.done() == "lay shop/api");
  world.pass(1);
  CHECK(world.done() == "lay shop/api, lay redis");
}

TEST_CASE("one that somebody else has woken has its whole time again") {
  World world;
  world.pass(10);
  world.cluster.all.at("shop/api").asleep = false;
  world.pass(5);
  world.sleeper->look_again();
  world.rest();
  world.pass(9);
  CHECK(world.done() == "lay shop/api");
  world.pass(1);
  CHECK(world.done() == "lay shop/api, lay shop/api");
}

TEST_CASE("by hand: whoever is connected, but not under the feet of those who need it") {
  World world;
  const auto lease = world.sleeper->use("shop/api");
  const auto refusal = [&](const std::string& name) {
    Beside task(world.io, world.sleeper->put_to_sleep(name));
    world.rest();
    REQUIRE(task.ended);
    return task.failed ? std::string(gf::name(task.failed->code())) : std::string();
  };
  CHECK(refusal("redis") == "addon-in-use");
  CHECK(refusal("other") == "not-found");
  world.cluster.all["jaeger"].never = "apps send it their traces";
  CHECK(refusal("jaeger") == "bad-request");
  world.cluster.all.at("shop/api").worked_upon = true;
  CHECK(refusal("shop/api") == "conflict");
  world.cluster.all.at("shop/api").worked_upon = false;
  CHECK(refusal("shop/api").empty());
  CHECK(refusal("shop/api").empty());  // it sleeps already
  CHECK(refusal("redis").empty());
  CHECK(world.done() == "lay shop/api, lay redis");
  CHECK(world.cluster.wrong.empty());
}

TEST_CASE("wanted while it falls: it falls, and is woken") {
  World world;
  world.cluster.hanging = {"lay shop/api"};
  world.pass(10);
  Beside task(world.io, world.sleeper->wake("shop/api"));
  Beside roused(world.io, world.sleeper->rouse({"shop/api"}));
  world.rest();
  CHECK_FALSE(task.ended);
  CHECK(world.done() == "lay shop/api");
  world.cluster.release();
  world.rest();
  CHECK(task.ended);
  CHECK(roused.ended);
  CHECK(world.all_awake());
}

TEST_CASE("laid to rest, cut off at every step: it is whole or not at all, and a new daemon goes on") {
  for (int steps = 0; steps < 20; ++steps) {
    CAPTURE(steps);
    World world;
    world.clock.advance(std::chrono::seconds(10));
    world.io.restart();
    for (int i = 0; i < steps; ++i) world.io.poll_one();
    world.restart();
    world.pass(10);
    CHECK(world.cluster.all.at("shop/api").asleep);
    Beside task(world.io, world.sleeper->wake("shop/api"));
    world.rest();
    CHECK(task.ended);
    CHECK_FALSE(task.failed);
    CHECK(world.all_awake());
    CHECK(world.cluster.wrong.empty());
  }
}

}  // namespace gf::sleep
