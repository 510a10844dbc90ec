#include "log_filter.hpp"

#include <doctest/doctest.h>

#include "protocol/error.hpp"

using namespace gf;
using namespace gf::cli;

namespace {

/// The refusal of wrong usage; fails when there is none.
Error refusal(const std::function<void()>& use) {
  try {
    use();
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::usage);
    return error;
  }
  FAIL("nothing was refused");
  return Error(ErrorCode::internal, "");
}

}  // namespace

TEST_CASE("times by RFC 3339") {
  struct Row {
    const char* text;
    double seconds;
  };
  for (const auto& [text, seconds] :
       {Row{"1970-01-01T00:00:00Z", 0}, Row{"2026-11-24T22:49:22Z", 1795560562},
        Row{"2026-11-24t22:49:22z", 1795560562}, Row{"2026-11-24T23:49:22+01:00", 1795560562},
        Row{"2026-11-24T19:19:22-03:30", 1795560562}, Row{"2024-02-29T00:00:00Z", 1709164800},
        Row{"2026-11-24T22:49:22.5Z", 1795560562.5}, Row{"2026-11-24T22:49:22.250000000Z", 1795560562.25}}) {
    CAPTURE(text);
    REQUIRE(time_from(text));
    CHECK(*time_from(text) == doctest::Approx(seconds).epsilon(1e-12));
  }
  for (const char* text :
       {"", "now", "2026-11-24", "2026-11-24T22:49:22", "2026-11-24 22:49:22Z", "2026-13-24T22:49:22Z",
        "2026-02-29T22:49:22Z", "2026-11-24T24:49:22Z", "2026-11-24T22:49:22.Z", "2026-11-24T22:49:22+1:00",
        "2026-11-24T22:49:22Zx", "2026-11-24T22:4x:22Z"}) {
    CAPTURE(text);
    CHECK_FALSE(time_from(text));
  }
}

TEST_CASE("since: a length of time before now, or a time") {
  struct Row {
    const char* text;
    double since;
  };
  for (const auto& [text, since] : {Row{"90s", 910}, Row{"5m", 700}, Row{"1.5m", 910}, Row{"2h", -6200},
                                    Row{"1d", -85400}, Row{"0s", 1000}, Row{"1970-01-01T00:00:10Z", 10}}) {
    CAPTURE(text);
    CHECK(since_from(text, 1000) == since);
  }
  for (const char* text : {"5", "m", "5 m", "-5m", "5x", "inf", "1e9d", "99999999d", "yesterday", "22:49"}) {
    CAPTURE(text);
    const auto error = refusal([&] { since_from(text, 1000); });
    CHECK(error.message().find(std::string("cannot understand --since '") + text + "'") == 0);
    CHECK(error.hint().find("--since 5m") == 0);
  }
}

TEST_CASE("only lines in which the expression is found are wanted") {
  CHECK(LineFilter("").wants("anything"));
  CHECK(LineFilter("5\\d\\d$").wants("GET / 503"));
  CHECK_FALSE(LineFilter("5\\d\\d$").wants("GET / 200"));
  CHECK(LineFilter("(?i)ERROR").wants("an error"));
  CHECK(LineFilter("größer").wants("GET /größer"));
  CHECK(LineFilter("x.*y").wants('x' + std::string(1 << 20, ' ') + 'y'));  // of any length
}

TEST_CASE("a bad expression is refused with the place of the fault") {
  struct Row {
    const char* pattern;
    const char* place;
  };
  for (const auto& [pattern, place] :
       {Row{"[a", "at character "}, Row{"(a", "at character "}, Row{"*a", "at character 1"},
        Row{"a{2,1}", "at character "}, Row{"a\\", "at character "}}) {
    CAPTURE(pattern);
    const auto error = refusal([&] { LineFilter{pattern}; });
    CHECK(error.message().find(std::string("cannot use --grep '") + pattern + "': a fault " + place) == 0);
    CHECK_FALSE(error.cause().empty());
    CHECK(error.cause().find("HERE") == std::string::npos);
  }
}

TEST_CASE("a line that is a JSON object is told parsed too") {
  const auto record = [](const char* text) {
    Json line;
    line["line"] = text;
    return with_record(line);
  };
  CHECK(record(R"({"level": "error", "ms": 3})")["record"]["ms"] == 3);
  CHECK(record(R"({"level": "error", "ms": 3})")["line"] == R"({"level": "error", "ms": 3})");
  for (const char* text : {"", "GET /", "{", "{} trailing", "[1]", "7", "{'a': 1}"})
    CHECK_FALSE(record(text).contains("record"));
}
