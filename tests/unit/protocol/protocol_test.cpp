#include <doctest/doctest.h>

#include <set>

#include "protocol/operation.hpp"

using namespace gf;

TEST_CASE("errors: every code has its own name and comes back from the wire") {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(ErrorCode::usage); ++i) {
    const auto code = static_cast<ErrorCode>(i);
    CHECK(names.insert(name(code)).second);
    CHECK(error_code_from(name(code)) == code);
    CHECK(http_status(code) >= 400);
    CHECK(exit_code(code) > 0);
  }
  const auto back = error_from_json(to_json(Error(ErrorCode::port_taken, "cannot listen", "free it", "in use")));
  CHECK(back.code() == ErrorCode::port_taken);
  CHECK(back.hint() == "free it");
  CHECK(back.cause() == "in use");
}

TEST_CASE("events: what is written is what is read") {
  Event event;
  event.seq = 7;
  event.type = EventType::step;
  event.step = 3;
  event.parent = 1;
  event.title = "create the cluster";
  event.state = "done";
  event.seconds = 1.5;
  const auto back = event_from_json(to_json(event));
  CHECK(to_json(back) == to_json(event));
  event.type = EventType::progress;
  event.total = 100;
  event.unit = "bytes";
  CHECK(to_json(event_from_json(to_json(event))) == to_json(event));
}

TEST_CASE("json: faults are placed, unknown fields are named with the nearest known one") {
  CHECK_THROWS_WITH_AS(parse_json("{\"a\":\n 1,,}", "the request body"),
                       "cannot read the request body as JSON: line 2, column 4", Error);
  try {
    refuse_unknown(Json{{"replcas", 2}}, {"replicas", "port"}, "the app");
    FAIL("not refused");
  } catch (const Error& error) {
    CHECK(error.message() == "cannot use the app: unknown field 'replcas'");
    CHECK(error.hint() == "did you mean 'replicas'?");
  }
  CHECK(nearest("xyz", {"redis", "postgres"}) == "");
  CHECK(dump(Json("a\xff")) == "\"a\xEF\xBF\xBD\"");
}
