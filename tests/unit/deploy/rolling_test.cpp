#include "rolling_world.hpp"

using namespace gf;
using namespace gf::deploy;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a version that becomes ready serves, and the one before is replaced") {
  Fixture f;
  f.roll_out("one");
  f.roll_out("two");
  CHECK_FALSE(f.failed);
  CHECK(f.all_done() == "build one, start one, build two, start two");
  CHECK(f.versions() == "two serving, one replaced");
  CHECK(f.came_in == 2);
}

TEST_CASE("there and back nothing is built again") {
  Fixture f;
  f.roll_out("one");
  f.roll_out("two");
  f.all_done();
  f.roll_out("one");
  CHECK(f.all_done() == "start one");
  CHECK(f.versions() == "one serving, two replaced");
}

TEST_CASE("a version that does not become ready is put back, with the reason; it is not tried again by itself") {
  Fixture f;
  f.roll_out("one");
  f.world.bad = {"two"};
  f.roll_out("two");
  CHECK(f.all_done() == "build one, start one, build two, start two, put back one");
  REQUIRE(f.failed);
  CHECK(f.failed->code() == ErrorCode::deploy_failed);
  CHECK(f.failed->message() ==
        "cannot start api: CrashLoopBackOff; version one (01234567+000000) was put back and serves");
  CHECK(contains(f.failed->cause(), "api-1: CrashLoopBackOff\n  no such table"));
  CHECK(contains(f.failed->hint(), "gf deploy api"));
  CHECK(f.versions() == "two failed, one serving");
  CHECK(f.history->find("shop", "api", "two")->reason ==
        "cannot start api: CrashLoopBackOff (api-1: CrashLoopBackOff)");
  CHECK(f.world.runs.image.key == "one");
  CHECK(f.world.runs.passed_over == "two");

  f.all_done();
  f.roll_out("two");
  CHECK_FALSE(f.failed);
  CHECK(f.all_done() == "start one");
  f.roll_out("three");
  CHECK(f.versions() == "three serving, two failed, one replaced");
}

TEST_CASE("a first version that does not become ready fails, and nothing is put back") {
  Fixture f;
  f.world.bad = {"one"};
  f.roll_out("one");
  REQUIRE(f.failed);
  CHECK(f.failed->message() == "cannot start api: CrashLoopBackOff");
  CHECK(f.all_done() == "build one, start one");
  CHECK(f.versions() == "one failed");
  CHECK_FALSE(f.rolling->is_unfinished("shop", "api"));
}

TEST_CASE("without a history that is put back which serves in the cluster") {
  Fixture f;
  f.world.runs.image = World::image("zero");
  f.world.good = "zero";
  f.world.bad = {"one"};
  f.roll_out("one");
  CHECK(f.all_done() == "build one, start one, put back zero");
  CHECK(contains(f.failed->message(), "version zero was put back and serves"));
}

TEST_CASE("settings with which the version that serves does not become ready are put back, not the version") {
  Fixture f;
  f.roll_out("one");
  f.world.bad = {"one"};
  f.roll_out("one");
  REQUIRE(f.failed);
  CHECK(contains(f.failed->message(), "version one with its former settings was put back and serves"));
  CHECK(f.versions() == "one serving");
  CHECK(f.world.runs.passed_over.empty());
}

TEST_CASE("when what was put back is not ready either, both reasons are told") {
  Fixture f;
  f.roll_out("one");
  f.world.bad = {"two", "put back"};
  f.roll_out("two");
  REQUIRE(f.failed);
  CHECK(contains(f.failed->message(), "was put back, and is not ready either"));
  CHECK(contains(f.failed->cause(), "no such table\napi-0: gone"));
}

TEST_CASE("a build that the checkout does not ask for any more is cancelled at once, and the newer one goes on") {
  Fixture f;
  f.roll_out("one");
  f.all_done();
  f.world.checkout = "two";
  f.begin();
  f.pass(1);
  CHECK(f.rolling->asked("shop", "api", "two"));  // a save that changes no image
  CHECK(f.rolling->asked("shop", "other", "x") == false);
  f.turn();
  CHECK(f.all_done() == "build two");
  f.world.checkout = "three";
  CHECK(f.rolling->asked("shop", "api", "three"));
  f.turn();
  CHECK(f.all_done() == "build three");
  f.pass(10);
  CHECK(f.ended);
  CHECK_FALSE(f.world.built.contains("two"));
  CHECK(f.all_done() == "start three");
  CHECK(f.versions() == "three serving, two built, one replaced");
}

TEST_CASE("a checkout that goes back while a version is built leaves the one that serves") {
  Fixture f;
  f.roll_out("one");
  f.all_done();
  f.world.checkout = "two";
  f.begin();
  f.pass(1);
  f.world.checkout = "one";
  CHECK(f.rolling->asked("shop", "api", "one"));
  f.pass(10);
  CHECK(f.all_done() == "build two, start one");
  CHECK(f.versions() == "two built, one serving");
}

TEST_CASE("replicas that come up for a superseded version are not waited for") {
  Fixture f;
  f.roll_out("one");
  f.world.bad = {"two"};
  f.all_done();
  f.world.checkout = "two";
  f.begin();
  f.pass(3);
  CHECK(f.all_done() == "build two, start two");
  f.world.checkout = "three";
  CHECK(f.rolling->asked("shop", "api", "three"));
  f.pass(10);
  CHECK_FALSE(f.failed);
  CHECK(f.all_done() == "build three, start three");
  CHECK(f.versions() == "three serving, two superseded, one replaced");
}

TEST_CASE("what the checkout asks for while a version is put back comes after it") {
  Fixture f;
  f.roll_out("one");
  f.world.bad = {"two"};
  f.world.checkout = "two";
  f.begin();
  f.pass(5);
  CHECK(contains(f.all_done(), "put back one"));
  CHECK_FALSE(f.rolling->asked("shop", "api", "three"));
  f.pass(10);
  CHECK(f.versions() == "two failed, one serving");
}

TEST_CASE("cancelled or killed at any moment, it stands where it is, and the next one comes to the same end") {
  for (const bool is_bad : {false, true})
    for (int seconds = 0; seconds < 8; ++seconds) {
      CAPTURE(is_bad);
      CAPTURE(seconds);
      Fixture f;
      f.roll_out("one");
      if (is_bad) f.world.bad = {"two"};
      f.world.checkout = "two";
      f.begin();
      f.pass(seconds);
      f.restart();
      // Only what was started and never judged is gone on with; what was put back stays so.
      const bool at_two = f.world.runs.image.key == "two";
      const bool is_judged = !is_bad && seconds >= 4;
      CHECK(f.rolling->is_unfinished("shop", "api") == (at_two && !is_judged));
      const bool left = f.world.runs.passed_over == "two";
      f.roll_out("two");
      CHECK(f.failed.has_value() == (is_bad && !left));
      CHECK(f.world.runs.image.key == (is_bad ? "one" : "two"));
      CHECK(f.versions() == (is_bad ? "two failed, one serving" : "two serving, one replaced"));
    }
}

TEST_CASE("a version that somebody names and that fails does not change what is passed over") {
  Fixture f;
  f.roll_out("one");
  f.roll_out("two");
  f.world.bad = {"one"};
  auto work = f.rolling->bring_in("shop", Fixture::app(), {World::image("one"), "two"}, {}, f.context);
  f.daemon->spawn("roll back", f.watched(std::move(work)));
  f.pass(10);
  REQUIRE(f.failed);
  CHECK(contains(f.failed->message(), "version two (01234567+000000) was put back and serves"));
  CHECK(f.world.runs.image.key == "two");
  CHECK(f.world.runs.passed_over.empty());
}

TEST_CASE("in a new cluster nothing of the former one is put back") {
  Fixture f;
  f.roll_out("one");
  f.world.runs = {};
  f.world.bad = {"two"};
  f.roll_out("two");
  REQUIRE(f.failed);
  CHECK(f.failed->message() == "cannot start api: CrashLoopBackOff");
  CHECK(f.versions() == "two failed, one replaced");
}

TEST_CASE("a version that somebody names comes in without a look at the checkout") {
  Fixture f;
  f.roll_out("one");
  f.roll_out("two");
  f.all_done();
  auto work = f.rolling->bring_in("shop", Fixture::app(), {World::image("one"), "two"}, {}, f.context);
  f.daemon->spawn("roll back", f.watched(std::move(work)));
  f.pass(1);
  CHECK_FALSE(f.rolling->asked("shop", "api", "two"));
  f.pass(5);
  CHECK(f.all_done() == "start one");
  CHECK(f.versions() == "one serving, two rolled-back");
}
