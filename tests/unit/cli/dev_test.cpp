#include <doctest/doctest.h>

#include <algorithm>

#include "dev/screen.hpp"

using namespace gf;
using namespace gf::cli;

namespace {

Json status() {
  return Json::parse(R"({
    "daemon": {"last_event": 100},
    "cluster": {"name": "greenfield", "state": "running", "nodes": [{}, {}, {}]},
    "addons": [{"name": "kafka", "state": "disabled"}, {"name": "redis", "state": "ready"}],
    "projects": [{"name": "other", "state": "down", "apps": []},
      {"name": "shop", "state": "up", "branch": "main", "commit": "eef27669aa", "dirty": true, "tree": "42a987bc", "apps": [
        {"name": "api", "state": "ready", "ready": 2, "replicas": 2, "url": "http://localhost:8000", "pods": [
          {"name": "api-1", "state": "Running", "commit": "eef27669aa", "dirty": true, "tree": "42a987bc", "synced": true, "restarts": 0},
          {"name": "api-2", "state": "Running", "commit": "eef27669aa", "dirty": false, "synced": false, "restarts": 1}]}]}],
    "warnings": []})");
}

DevView up() {
  DevView view("shop");
  view.take_status(status());
  return view;
}

Json operation(int seq, const std::string& event, const std::string& kind = "rollout",
               const std::string& project = "shop") {
  Json told;
  told["seq"] = seq;
  told["time"] = 1000 + seq;
  told["type"] = "operation";
  told["id"] = "op-7";
  told["kind"] = kind;
  told["subject"] = kind == "up" ? project : "api";
  told["project"] = project;
  told["event"] = Json::parse(event);
  return told;
}

Json app_state(int seq, const std::string& state, const std::string& reason = {}) {
  auto app = status()["projects"][1]["apps"][0];
  app["state"] = state;
  app["reason"] = reason;
  return {{"seq", seq}, {"time", 1000 + seq}, {"type", "app"}, {"project", "shop"}, {"now", app}};
}

Json save(int seq) {
  return {{"seq", seq},     {"time", 1000 + seq}, {"type", "save"}, {"project", "shop"},
          {"app", "api"},   {"files", 1},         {"bytes", 12},    {"replicas", 2},
          {"seen", 0.0004}, {"planned", 0.0011},  {"sent", 0.0012}, {"applied", 0.0098}};
}

constexpr const char* began = R"({"seq": 1, "type": "operation", "state": "running"})";
constexpr const char* building =
    R"({"seq": 2, "time": 1100, "type": "step", "step": 1, "title": "build api", "state": "running"})";
constexpr const char* compiling = R"({"seq": 3, "type": "log", "step": 1, "text": "gcc main.c"})";
constexpr const char* failed = R"({"seq": 4, "type": "operation", "state": "failed",
  "error": {"code": "build-failed", "message": "cannot build api", "cause": "gcc main.c\nmain.c:1: no", "hint": "mend it"}})";
constexpr const char* done = R"({"seq": 4, "type": "operation", "state": "done"})";

std::size_t columns(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

/// The line that has `words`, from 0; the screen's height when none has.
std::size_t line_with(const std::vector<std::string>& screen, const std::string& words) {
  const auto found = std::find_if(screen.begin(), screen.end(),
                                  [&](const auto& line) { return line.find(words) != std::string::npos; });
  return static_cast<std::size_t>(found - screen.begin());
}

std::string rule(const std::string& title, std::size_t width) {
  auto text = "── " + title + ' ';
  while (columns(text) < width) text += "─";
  return text;
}

}  // namespace

TEST_CASE("dev: a project that is up, on a small screen") {
  auto view = up();
  view.take_log({{"pod", "api-1"}, {"line", "GET /\t200\x1b[31m!"}});
  const std::vector<std::string> expected{"shop up, main eef27669+42a987  cluster running, 3 nodes",
                                          rule("apps", 60),
                                          "api: ready, 2 of 2 ready, http://localhost:8000",
                                          "  api-1  Running  eef27669+42a987  synced  0 restarts",
                                          "  api-2  Running  eef27669         -       1 restart",
                                          "addons: redis ready",
                                          rule("logs", 60),
                                          "api-1  GET /  200!",
                                          "",
                                          "q quit   l logs off   r up again"};
  CHECK(compose(view, {60, 10}, false) == expected);
  view.shows_logs = false;
  const auto without = compose(view, {60, 10}, false);
  CHECK(line_with(without, "logs ──") == without.size());
  CHECK(without.back() == "q quit   l logs on   r up again");
}

TEST_CASE("dev: any size has just its rows, none wider than the screen, and the keys below") {
  auto view = up();
  view.take_event(operation(101, began));
  view.take_event(operation(102, building));
  for (int i = 0; i < 50; ++i) view.take_event(operation(103 + i, compiling));
  view.take_event(app_state(200, "failed", "CrashLoopBackOff"));
  for (int i = 0; i < 20; ++i) view.take_event(save(201 + i));
  for (int i = 0; i < 600; ++i) view.take_log({{"pod", "api-1"}, {"line", std::string(300, 'x')}});
  for (const bool color : {false, true})
    for (const ScreenSize size : {ScreenSize{80, 24}, ScreenSize{200, 60}, ScreenSize{20, 5}, ScreenSize{3, 2},
                                  ScreenSize{80, 1}, ScreenSize{400, 200}}) {
      CAPTURE(size.columns);
      CAPTURE(size.rows);
      const auto screen = compose(view, size, color);
      CHECK(screen.size() == size.rows);
      for (const auto& line : screen)
        if (!color) CHECK(columns(line) <= size.columns);
    }
  const auto screen = compose(view, {80, 24}, false);
  const auto errors = line_with(screen, "── errors"), apps = line_with(screen, "── apps"),
             saves = line_with(screen, "── last saves"), running = line_with(screen, "── running"),
             logs = line_with(screen, "── logs");
  CHECK(errors == 1);
  CHECK(errors < apps);
  CHECK(apps < saves);
  CHECK(saves < running);
  CHECK(running < logs);
  CHECK(logs + 4 < screen.size());  // a few lines of everything
  CHECK(screen[running + 1] == "rollout api (op-7)");
  CHECK(screen[running + 2].find("· build api") == 0);
  CHECK(screen[logs - 1] == "│ gcc main.c");
  CHECK(line_with(screen, "seen 0.4 planned 1.1 sent 1.2 applied 9.8 ms") == saves + 1);
  CHECK(screen[errors + 1] == "✗ app api failed: CrashLoopBackOff");
}

TEST_CASE("dev: with all at once on 24 rows, the end of the build's words and the newest save are there") {
  auto view = up();
  view.take_event(operation(101, failed));
  view.take_event(operation(102, began));
  view.take_event(operation(103, building));
  for (int i = 0; i < 20; ++i) view.take_event(operation(104 + i, compiling));
  for (int i = 0; i < 20; ++i) view.take_event(save(201 + i));
  for (int i = 0; i < 20; ++i) view.take_log({{"pod", "api-1"}, {"line", "GET / " + std::to_string(i)}});
  view.take_event({{"seq", 300}, {"type", "warning"}, {"subject", "shop"}, {"text", "odd"}});
  const auto screen = compose(view, {80, 24}, false);
  const std::vector<std::string> top(screen.begin() + 2, screen.begin() + 7);
  const std::vector<std::string> expected{"✗ rollout api: cannot build api", "  gcc main.c", "  main.c:1: no",
                                          "  try: mend it", "! shop: odd"};
  CHECK(top == expected);
  CHECK(line_with(screen, "applied 9.8 ms") == line_with(screen, "── last saves") + 1);
  CHECK(line_with(screen, "more") == screen.size());
  CHECK(screen[screen.size() - 2] == "api-1  GET / 19");
}

TEST_CASE("dev: what failed stands first, with the end of what the build said, until it goes well") {
  auto view = up();
  view.take_event(operation(101, began));
  view.take_event(operation(102, building));
  auto screen = compose(view, {80, 24}, false);
  CHECK(line_with(screen, "rollout api (op-7)") + 1 == line_with(screen, "· build api"));
  view.take_event(operation(103, failed));
  screen = compose(view, {80, 24}, false);
  CHECK(screen[2] == "✗ rollout api: cannot build api");
  CHECK(screen[3] == "  gcc main.c");
  CHECK(screen[4] == "  main.c:1: no");
  CHECK(screen[5] == "  try: mend it");
  CHECK(line_with(screen, "── running") == screen.size());
  view.take_event(operation(104, began));
  CHECK(view.troubles.size() == 1);
  view.take_event(operation(105, done));
  CHECK(view.troubles.empty());
}

TEST_CASE("dev: `up` mends what failed before; other projects' work is not ours") {
  auto view = up();
  view.take_event(operation(101, failed));
  view.take_event(operation(102, failed, "rollout", "other"));
  CHECK(view.troubles.size() == 1);
  view.take_event(operation(103, began, "up"));
  view.take_event(operation(104, done, "up"));
  CHECK(view.troubles.empty());
  view.take_event(operation(105, failed, "up"));
  CHECK(view.troubles.contains("up shop"));
  view.take_event({{"seq", 106}, {"type", "project"}, {"now", {{"name", "shop"}, {"state", "up"}}}});
  CHECK(view.troubles.empty());
}

TEST_CASE("dev: events from before the status tell history, not states") {
  auto view = up();
  view.take_event(app_state(99, "failed", "old"));
  CHECK(view.troubles.empty());
  view.take_event(save(98));
  CHECK(view.saves.size() == 1);
  view.take_event({{"seq", 97}, {"type", "warning"}, {"subject", "shop"}, {"text", "old"}});
  CHECK(view.warnings.empty());
  view.take_event(app_state(101, "failed", "new"));
  CHECK(view.troubles.at("app api") == "app api failed: new");
  // Trying anew is not yet well.
  view.take_event(app_state(102, "starting"));
  CHECK(view.troubles.size() == 1);
  view.take_event(app_state(103, "ready"));
  CHECK(view.troubles.empty());
  view.take_event(
      {{"seq", 104}, {"type", "app"}, {"project", "shop"}, {"now", {{"name", "api"}, {"state", "removed"}}}});
  CHECK(view.apps.empty());
}

TEST_CASE("dev: notifications name what failed and what is well again, and say nothing else") {
  using Names = std::set<std::string>;
  CHECK(notification({}, {}).empty());
  CHECK(notification({"app api"}, {"app api"}).empty());
  CHECK(notification({}, {"app api", "rollout api"}) == "failed: app api, rollout api");
  CHECK(notification({"app api"}, {}) == "well again: app api");
  CHECK(notification({"app api"}, {"up shop"}) == "failed: up shop; well again: app api");
  auto view = up();
  view.take_event(operation(101, failed));
  CHECK(trouble_names(view) == Names{"rollout api"});
}

TEST_CASE("dev: nothing that a log says moves the cursor") {
  CHECK(without_controls("plain ✓") == "plain ✓");
  CHECK(without_controls("\x1b[31mred\x1b[0m") == "red");
  CHECK(without_controls("a\x1b[2J\r\b\x07\x7f"
                         "b") == "ab");
  CHECK(without_controls("a\tb\nc") == "a  b  c");
  CHECK(without_controls("\x1b[") == "");
  CHECK(without_controls("a\x1b"
                         "c") == "ac");
  CHECK(without_controls("\xc2\x9b"
                         "2J") == "2J");
  CHECK(without_controls("\xc3\x9f") == "ß");
}
