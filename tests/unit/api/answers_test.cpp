#include "api/answers.hpp"

#include <doctest/doctest.h>

#include "api/log_lines.hpp"
#include "core/task_group.hpp"
#include "protocol/error.hpp"
#include "support/run_task.hpp"

using namespace gf;
using namespace gf::api;
using gf::test::run_task;

namespace {

/// What the reading of a request is refused with; empty when it is not.
std::string refusal(const std::function<void()>& read) {
  try {
    read();
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::bad_request);
    return error.message();
  }
  return {};
}

Json body(std::string text) {
  http::Request request;
  request.body = std::move(text);
  return body_of(request, {"root", "delete", "names"});
}

}  // namespace

TEST_CASE("bodies: none is empty; what is no object, no JSON or unknown is refused by name") {
  CHECK(body("") == Json::object());
  CHECK(body(R"({"root": "/x"})")["root"] == "/x");
  CHECK(refusal([] { body("{\"root\": \n}"); }).find("line 2, column 1") != std::string::npos);
  CHECK(refusal([] { body("[]"); }).find("must be a JSON object") != std::string::npos);
  CHECK(refusal([] { body(R"({"rot": "/x"})"); }).find("unknown field 'rot'") != std::string::npos);
  CHECK(!refusal([] { body("\xff\xfe"); }).empty());
  CHECK(!refusal([] { body(std::string(1 << 20, '[')); }).empty());  // deep as it is, the stack holds
}

TEST_CASE("members of another type are refused by name with what they must be") {
  const auto odd = body(R"({"root": 7, "delete": "yes", "names": ["a", 1]})");
  CHECK(refusal([&] { text_of(odd, "root"); }).find("'root' must be a text") != std::string::npos);
  CHECK(refusal([&] { flag_of(odd, "delete"); }).find("'delete' must be true or false") != std::string::npos);
  CHECK(refusal([&] { texts_of(odd, "names"); }).find("'names' must be a list of texts") != std::string::npos);
  CHECK(!refusal([&] { texts_of(odd, "root"); }).empty());
  CHECK(text_of(Json::object(), "root", "fallback") == "fallback");
  CHECK_FALSE(flag_of(Json::object(), "delete"));
  CHECK(texts_of(Json::object(), "names").empty());
  CHECK(texts_of(body(R"({"names": ["a", "b"]})"), "names") == std::vector<std::string>{"a", "b"});
}

TEST_CASE("numbers in a query") {
  const auto number = [](const std::string& query, std::int64_t least) {
    return number_of(http::parse_target("/x?" + query), "n", least, 42);
  };
  CHECK(number("", 0) == 42);
  CHECK(number("n=7", 0) == 7);
  CHECK(number("n=-1", -1) == -1);
  for (const char* bad : {"n=", "n=x", "n=7x", "n=-1", "n=1.5", "n=%207", "n=99999999999999999999"}) {
    CAPTURE(bad);
    CHECK(refusal([&] { number(bad, 0); }).find("'n' must be a whole number") != std::string::npos);
  }
}

TEST_CASE("log lines: who writes waits while the reader is behind, and nothing is lost") {
  net::io_context io;
  LogLines lines(io.get_executor());
  TaskGroup writing(io.get_executor());
  int written = 0;
  const auto write = [](LogLines& to, int& count) -> Task<> {
    for (int i = 0; i < 10'000; ++i) {
      auto putting = to.put(std::string(100, 'x'));
      co_await std::move(putting);
      ++count;
    }
    to.close_one();
  };
  for (int i = 0; i < 2; ++i) {
    lines.open_one();
    writing.spawn("write", write(lines, written));
  }
  io.poll();
  CHECK(writing.size() == 2);  // both wait
  std::size_t bytes = 0;
  while (!lines.ended()) {
    const auto piece = lines.take();
    CHECK(piece.size() <= LogLines::most_bytes + 2 * 101);
    bytes += piece.size();
    io.restart();
    io.poll();
  }
  CHECK(written == 20'000);
  CHECK(bytes == 20'000 * 101);
  run_task(io, writing.join());
}

TEST_CASE("a line of a log is taken apart from its time") {
  const auto line = take_stamp("2026-11-24T22:49:22.123456789Z GET / 200");
  CHECK(line.time == "2026-11-24T22:49:22.123456789Z");
  CHECK(line.text == "GET / 200");
  CHECK(take_stamp("2026-11-24T22:49:22Z ").text.empty());
  CHECK(take_stamp("2026-11-24T22:49:22Z").time == "2026-11-24T22:49:22Z");
  for (const char* own : {"", "unable to retrieve container logs for containerd://x", "failed to open the log file"}) {
    CHECK(take_stamp(own).time.empty());
    CHECK(take_stamp(own).text == own);
  }
}
