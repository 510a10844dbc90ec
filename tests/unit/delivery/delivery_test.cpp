#include "world.hpp"

using namespace gf;
using namespace gf::delivery;

TEST_CASE("a canary that keeps its gates becomes the stable version, step by step") {
  Fixture fixture;
  const auto last = fixture.end(fixture.deploy().id);
  CHECK(last.state == OperationState::done);
  CHECK(last.result["phase"] == "stable");
  CHECK(fixture.all_done() == "route 0, next new, route 5, route 50, route 100, stable new, route 0, remove next");
  CHECK(fixture.phase() == "none");
  CHECK(last.finished.value_or(0) - last.created >= 30);
}

TEST_CASE("a canary that breaks a gate is taken back at once, with the numbers") {
  Fixture fixture;
  const auto id = fixture.deploy().id;
  fixture.pass(5);
  CHECK(fixture.service->routing_of("shop", "api") == Routing{5, false});
  fixture.world.samples->next.errors = 50;
  const auto last = fixture.end(id, 6);
  CHECK(last.state == OperationState::failed);
  CHECK(last.error->message().find("50 % of its answers are errors") != std::string::npos);
  CHECK(fixture.all_done() == "route 0, next new, route 5, route 0, remove next");
  CHECK(fixture.world.runs == "old");
}

TEST_CASE("without Prometheus a canary holds, and is taken back after its deadline") {
  Fixture fixture;
  fixture.world.samples.reset();
  const auto id = fixture.deploy().id;
  fixture.pass(55);
  CHECK(fixture.phase() == "shifting");
  CHECK(fixture.service->find("shop", "api")->reason == "at 5 %: Prometheus cannot be asked");
  CHECK(fixture.end(id, 12).state == OperationState::failed);
  CHECK(fixture.world.done.back() == "remove next");
}

TEST_CASE("a new version that does not start gets no request") {
  Fixture fixture;
  fixture.world.fail = "next";
  const auto last = fixture.end(fixture.deploy().id);
  CHECK(last.state == OperationState::failed);
  CHECK(last.error->message().find("it crashes") != std::string::npos);
  CHECK(fixture.all_done() == "route 0, remove next");
}

TEST_CASE("what runs already is not brought in again") {
  Fixture fixture;
  fixture.world.checkout = "old";
  CHECK(fixture.end(fixture.deploy().id).state == OperationState::done);
  CHECK(fixture.all_done().empty());
}

TEST_CASE("somebody's word while it is under way") {
  SUBCASE("promote: all of it, whatever the gates say") {
    Fixture fixture;
    fixture.world.samples.reset();
    const auto id = fixture.deploy().id;
    fixture.pass(5);
    CHECK(fixture.service->promote("shop", "api").id == id);
    CHECK(fixture.end(id, 6).state == OperationState::done);
    CHECK(fixture.world.runs == "new");
  }
  SUBCASE("abort: nothing failed") {
    Fixture fixture;
    const auto id = fixture.deploy().id;
    fixture.pass(5);
    CHECK(fixture.service->abort("shop", "api").id == id);
    CHECK(fixture.end(id, 6).state == OperationState::done);
    CHECK(fixture.world.runs == "old");
    CHECK(fixture.world.done.back() == "remove next");
  }
  SUBCASE("abort, while Prometheus is asked for the last time") {
    Fixture fixture;
    const auto id = fixture.deploy().id;
    fixture.world.while_asked = [&] {
      if (fixture.service->routing_of("shop", "api").next_percent == 100) fixture.service->abort("shop", "api");
    };
    CHECK(fixture.end(id).state == OperationState::done);
    CHECK(fixture.world.runs == "old");
  }
}

TEST_CASE("blue-green: a preview, one step forward, one step back, and room for the next one") {
  Fixture fixture;
  CHECK(fixture.end(fixture.deploy(Strategy::blue_green).id).result["phase"] == "preview");
  CHECK(fixture.service->routing_of("shop", "api") == Routing{0, true});
  CHECK(fixture.end(fixture.service->promote("shop", "api").id).result["phase"] == "flipped");
  CHECK(fixture.service->routing_of("shop", "api") == Routing{100, false});
  CHECK(fixture.end(fixture.service->abort("shop", "api").id).result["phase"] == "preview");
  CHECK(fixture.service->routing_of("shop", "api") == Routing{0, true});
  fixture.end(fixture.service->promote("shop", "api").id);
  fixture.world.checkout = "newer";
  fixture.world.done.clear();
  CHECK(fixture.end(fixture.deploy(Strategy::blue_green).id).result["phase"] == "preview");
  CHECK(fixture.all_done() == "route 100, stable new, route 0, remove next, route 0, next newer, route 0 preview");
}

TEST_CASE("what waits in preview gives way to what is newer, and stays when the checkout is the same") {
  Fixture fixture;
  fixture.end(fixture.deploy(Strategy::blue_green).id);
  fixture.world.done.clear();
  CHECK(fixture.end(fixture.deploy(Strategy::blue_green).id).result["phase"] == "preview");
  CHECK(fixture.all_done() == "route 0 preview");
  fixture.world.checkout = "newer";
  CHECK(fixture.end(fixture.deploy(Strategy::blue_green).id).result["phase"] == "preview");
  CHECK(fixture.all_done() == "route 0 preview, route 0, next newer, route 0 preview");
}

TEST_CASE("a cluster that was made anew has no replicas of the new version: they are started again") {
  Fixture fixture;
  fixture.end(fixture.deploy(Strategy::blue_green).id);
  fixture.end(fixture.service->promote("shop", "api").id);
  fixture.world.beside.clear();
  fixture.world.done.clear();
  fixture.end(fixture.service->abort("shop", "api").id);
  CHECK(fixture.all_done() == "route 0, next new, route 0 preview");
}

TEST_CASE("a project that is removed takes its deliveries along") {
  Fixture fixture;
  fixture.end(fixture.deploy(Strategy::blue_green).id);
  fixture.service->forget("other");
  CHECK(fixture.phase() == "preview");
  fixture.service->forget("shop");
  fixture.restart();
  CHECK(fixture.phase() == "none");
}

TEST_CASE("words without a delivery, and those that a phase does not allow") {
  Fixture fixture;
  CHECK_THROWS_WITH_AS(fixture.service->promote("shop", "api"), "cannot find a new version of api: none is under way",
                       Error);
  Delivery delivery;
  delivery.app = "api";
  delivery.phase = Phase::starting;
  CHECK_THROWS_WITH_AS(after(delivery, Wish::promote), "cannot promote the new version of api: it is starting", Error);
  delivery.phase = Phase::promoting;
  CHECK_THROWS_WITH_AS(after(delivery, Wish::abort), "cannot abort the new version of api: it is promoting", Error);
}

TEST_CASE("a damaged list of deliveries is kept aside") {
  Fixture fixture;
  fixture.files.write_atomically("/deliveries.json", R"({"version": 1, "contents": [{"project": 7}]})");
  fixture.restart();
  CHECK(fixture.phase() == "none");
  CHECK(fixture.service->warning().find("gf deploy") != std::string::npos);
}
