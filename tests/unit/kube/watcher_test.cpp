#include "kube/watcher.hpp"

#include <doctest/doctest.h>

#include <deque>

#include "core/task_group.hpp"
#include "protocol/error.hpp"
#include "support/manual_clock.hpp"
#include "support/run_task.hpp"

using namespace gf;
using namespace gf::kube;
using gf::test::ManualClock;

namespace {

/// A canned answer: lines, then the end of the stream; `hangs` keeps it open.
class CannedStream final : public http::ResponseStream {
 public:
  CannedStream(Executor executor, int status, std::deque<std::string> lines, bool hangs)
      : lines_(std::move(lines)), hangs_(hangs), for_ever_(executor) {
    head_.status = status;
  }
  const http::Response& head() const override { return head_; }
  Task<std::optional<std::string>> read() override { return read_line(0); }
  Task<std::optional<std::string>> read_line(std::size_t) override {
    if (lines_.empty()) {
      if (hangs_) co_await for_ever_.wait();
      co_return std::nullopt;
    }
    auto line = lines_.front();
    lines_.pop_front();
    co_return line;
  }
  void close() override {}

 private:
  http::Response head_;
  std::deque<std::string> lines_;
  bool hangs_;
  Signal for_ever_;
};

std::string pod(const std::string& name, const std::string& version) {
  return R"({"metadata":{"name":")" + name + R"(","uid":"u-)" + name + R"(","resourceVersion":")" + version + R"("}})";
}
std::string event(const std::string& type, const std::string& object) {
  return R"({"type":")" + type + R"(","object":)" + object + "}";
}
std::string list(const std::string& version, const std::vector<std::string>& pods) {
  std::string items;
  for (const auto& item : pods) items += (items.empty() ? "" : ",") + item;
  return R"({"metadata":{"resourceVersion":")" + version + R"("},"items":[)" + items + "]}";
}

struct Script {
  std::deque<std::string> lists;
  struct Watch {
    int status = 200;
    std::deque<std::string> lines;
    bool refused = false;
  };
  std::deque<Watch> watches;
  std::vector<std::string> asked, told;
};

/// Runs the script until it is used up and its last stream hangs; then cancels the watch.
void play(Script& script) {
  net::io_context io;
  ManualClock clock;
  Watcher::Source source;
  source.resource = []() -> Task<ResourceName> { co_return ResourceName{"v1", "Pod", "pods", true}; };
  source.send = [&](http::Request request) -> Task<http::Response> {
    script.asked.push_back(request.target);
    http::Response response;
    response.body = script.lists.front();
    script.lists.pop_front();
    co_return response;
  };
  source.open = [&](http::Request request) -> Task<std::unique_ptr<http::ResponseStream>> {
    script.asked.push_back(request.target);
    auto next = script.watches.empty() ? Script::Watch{} : script.watches.front();
    const bool last = script.watches.empty();
    if (!last) script.watches.pop_front();
    if (next.refused) throw Error(ErrorCode::cluster_unavailable, "cannot reach it");
    co_return std::make_unique<CannedStream>(io.get_executor(), next.status, next.lines, last);
  };
  Watcher watcher(std::move(source), clock, "shop", "a=b", [&](const WatchEvent& seen) {
    script.told.push_back(seen.type +
                          (seen.object.is_null() ? "" : ' ' + seen.object["metadata"]["name"].get<std::string>()));
    if (!seen.object.is_null()) CHECK(seen.object["kind"] == "Pod");
  });
  TaskGroup group(io.get_executor());
  group.spawn("watch", watcher.run());
  for (int turn = 0; turn < 200; ++turn) {
    io.restart();
    io.poll();
    clock.advance(std::chrono::seconds(5));
  }
  io.restart();
  net::co_spawn(io, group.stop(), [](std::exception_ptr) {});
  io.run();
  CHECK(group.size() == 0);
}

}  // namespace

TEST_CASE("a watch lists, follows, and resumes where it was when the stream ends") {
  Script script;
  script.lists = {list("10", {pod("a", "9")})};
  script.watches = {{200, {event("ADDED", pod("b", "11")), event("BOOKMARK", pod("", "15"))}, false},
                    {200, {event("MODIFIED", pod("a", "16"))}, false}};
  play(script);
  CHECK(script.told == std::vector<std::string>{"ADDED a", "SYNCED", "ADDED b", "MODIFIED a"});
  REQUIRE(script.asked.size() == 4);
  CHECK(script.asked[1].find("resourceVersion=10&labelSelector=a%3Db") != std::string::npos);
  CHECK(script.asked[2].find("resourceVersion=15") != std::string::npos);
  CHECK(script.asked[3].find("resourceVersion=16") != std::string::npos);
}

TEST_CASE("after 410 a watch lists again and tells what vanished, SYNCED only once") {
  const auto gone = event("ERROR", R"({"code":410,"message":"too old"})");
  for (const bool by_status : {false, true}) {
    CAPTURE(by_status);
    Script script;
    script.lists = {list("10", {pod("a", "9"), pod("b", "9")}), list("20", {pod("b", "19"), pod("c", "18")})};
    if (by_status)
      script.watches = {{410, {}, false}};
    else
      script.watches = {{200, {gone}, false}};
    play(script);
    CHECK(script.told ==
          std::vector<std::string>{"ADDED a", "ADDED b", "SYNCED", "DELETED a", "MODIFIED b", "ADDED c"});
  }
}

TEST_CASE("a watch survives a server that does not answer") {
  Script script;
  script.lists = {list("10", {})};
  script.watches = {{200, {}, true}, {200, {}, true}, {503, {}, false}, {200, {event("ADDED", pod("a", "12"))}, false}};
  play(script);
  CHECK(script.told == std::vector<std::string>{"SYNCED", "ADDED a"});
}
