#include "render/event_lines.hpp"

#include <doctest/doctest.h>

using namespace gf;
using namespace gf::cli;

namespace {

/// Without its time, whose words depend on where the test runs.
std::string words(EventLines& lines, const char* event) {
  const auto line = lines.line(Json::parse(event));
  return line.empty() ? line : line.substr(10);
}

}  // namespace

TEST_CASE("each event is a line for people") {
  EventLines lines;
  CHECK(words(lines, R"({"type": "operation", "id": "op-7", "kind": "rollout", "subject": "api", "project": "shop",
                         "event": {"seq": 1, "type": "operation", "state": "running"}})") ==
        "rollout api (op-7): running");
  CHECK(words(lines, R"({"type": "operation", "id": "op-7", "kind": "rollout", "subject": "api",
                         "event": {"seq": 2, "type": "step", "step": 1, "parent": 0, "title": "build api", "state": "running"}})") ==
        "rollout api (op-7): begin  build api");
  CHECK(words(lines, R"({"type": "operation", "id": "op-7", "kind": "rollout", "subject": "api",
                         "event": {"seq": 3, "type": "log", "step": 1, "text": "Step 1/3"}})") ==
        "rollout api (op-7): Step 1/3");
  CHECK(words(lines, R"({"type": "operation", "id": "op-7", "kind": "rollout", "subject": "api",
                         "event": {"seq": 4, "type": "progress", "step": 1, "done": 1, "total": 3, "unit": "layers"}})")
            .empty());
  CHECK(words(lines, R"({"type": "operation", "id": "op-7", "kind": "rollout", "subject": "api",
                         "event": {"seq": 5, "type": "operation", "state": "failed",
                                   "error": {"code": "build-failed", "message": "cannot build api"}}})") ==
        "rollout api (op-7): failed: cannot build api");
  CHECK(words(lines, R"({"type": "save", "project": "shop", "app": "api", "files": 1, "bytes": 12, "replicas": 2,
                         "seen": 0.0004, "planned": 0.0011, "sent": 0.002, "applied": 0.0098})") ==
        "save shop/api: 1 file, 12 B, 2 replicas; seen 0.4 planned 1.1 sent 2.0 applied 9.8 ms");
  CHECK(words(lines, R"({"type": "warning", "subject": "shop", "text": "odd"})") == "warning shop: odd");
  CHECK(words(lines, R"({"type": "missed", "from": 3, "seq": 9})") ==
        "missed: the daemon keeps nothing any more from event 3 to 9");
  CHECK(words(lines, R"({"type": "of a later version"})").empty());
}

TEST_CASE("a state is told when its words change") {
  EventLines lines;
  const auto* starting = R"({"type": "app", "project": "shop", "now": {"name": "api", "state": "starting", "ready": 1,
    "replicas": 2, "reason": "waits\nfor it", "pods": [{"commit": "eef27669aa", "dirty": true, "tree": "42a987bc"}, {}]}})";
  CHECK(words(lines, starting) == "app shop/api starting, 1 of 2, eef27669+42a987, waits");
  CHECK(words(lines, starting).empty());
  CHECK(words(lines, R"({"type": "app", "project": "shop", "now": {"name": "api", "state": "removed"}})") ==
        "app shop/api removed");
  CHECK(words(lines, R"({"type": "addon", "now": {"name": "redis", "state": "ready", "reason": "old"}})") ==
        "addon redis ready");
  CHECK(
      words(
          lines,
          R"({"type": "project", "now": {"name": "shop", "state": "up", "branch": "main", "commit": "eef27669aa"}})") ==
      "project shop up, main eef27669");
  CHECK(words(lines, R"({"type": "cluster", "now": {"name": "greenfield", "state": "stopped"}})") ==
        "cluster greenfield stopped");
}
