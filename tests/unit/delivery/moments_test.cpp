#include "world.hpp"

// What happens at each moment of a canary.
using namespace gf;
using namespace gf::delivery;

namespace {
constexpr int whole = 40;  ///< seconds; a canary of the fixture takes some 35
}

TEST_CASE("a restart of the daemon at any moment changes nothing") {
  for (int moment = 0; moment < whole; ++moment) {
    CAPTURE(moment);
    Fixture fixture;
    const auto id = fixture.deploy().id;
    fixture.pass(moment);
    fixture.restart();
    CHECK(fixture.end(id).state == OperationState::done);
    CHECK(fixture.world.runs == "new");
    CHECK(fixture.world.done.back() == "remove next");
    CHECK(fixture.phase() == "none");
  }
}

TEST_CASE("cancelled at any moment it stands where it is; deploying goes on from there") {
  for (int moment = 1; moment < whole; ++moment) {
    CAPTURE(moment);
    Fixture fixture;
    const auto id = fixture.deploy().id;
    fixture.pass(moment);
    if (ended(fixture.engine->get(id).state)) break;
    const auto routing = fixture.service->routing_of("shop", "api");
    fixture.engine->cancel(id);
    CHECK(fixture.end(id).state == OperationState::cancelled);
    fixture.pass(100);
    CHECK(fixture.service->routing_of("shop", "api") == routing);
    CHECK(fixture.end(fixture.deploy().id).state == OperationState::done);
    CHECK(fixture.world.runs == "new");
    CHECK(fixture.phase() == "none");
  }
}

TEST_CASE("aborted at any moment, and the daemon restarted at once, the stable version serves alone") {
  for (int moment = 1; moment < whole; ++moment) {
    CAPTURE(moment);
    Fixture fixture;
    const auto id = fixture.deploy().id;
    fixture.pass(moment);
    if (fixture.phase() != "shifting") break;  // from then on it is the stable one
    CHECK(fixture.service->abort("shop", "api").id == id);
    fixture.restart();
    CHECK(fixture.end(id).state == OperationState::done);
    CHECK(fixture.world.runs == "old");
    CHECK(fixture.world.done.back() == "remove next");
    CHECK(fixture.phase() == "none");
  }
}
