#include <doctest/doctest.h>

#include "render/progress.hpp"
#include "render/table.hpp"

using namespace gf;
using namespace gf::cli;

namespace {

Event step(std::uint64_t id, std::uint64_t parent, const std::string& title, const std::string& state, double time,
           double seconds = 0) {
  Event event;
  event.type = EventType::step;
  event.step = id;
  event.parent = parent;
  event.title = title;
  event.state = state;
  event.time = time;
  event.seconds = seconds;
  return event;
}

}  // namespace

TEST_CASE("the tree shows running steps with their children, numbers and newest line, finished ones alone") {
  ProgressTree tree;
  tree.add(step(1, 0, "cluster", "running", 100));
  tree.add(step(2, 1, "create 3 nodes", "running", 101));
  Event progress;
  progress.type = EventType::progress;
  progress.step = 2;
  progress.done = 1;
  progress.total = 3;
  progress.unit = "nodes";
  tree.add(progress);
  Event log;
  log.type = EventType::log;
  log.step = 2;
  log.text = "preparing nodes";
  tree.add(log);
  tree.add(step(3, 0, "images", "running", 100));
  tree.add(step(3, 0, "images", "done", 102, 2));
  CHECK(tree.lines(103, 80, false) == std::vector<std::string>{"· cluster  3.0 s",
                                                               "  · create 3 nodes  1 of 3 nodes  2.0 s",
                                                               "    preparing nodes", "✓ images  2.0 s"});
  CHECK(tree.lines(103, 12, false)[0] == "· cluster  3");
  tree.add(step(2, 1, "create 3 nodes", "failed", 104, 3));
  tree.add(step(1, 0, "cluster", "failed", 104, 4));
  CHECK(tree.lines(200, 80, false) ==
        std::vector<std::string>{"✗ cluster  4.0 s", "  ✗ create 3 nodes  3.0 s", "✓ images  2.0 s"});
}

TEST_CASE("plain output has a line for each begin and end, with the path of the step") {
  ProgressTree tree;
  const auto outer = step(1, 0, "cluster", "running", 1), inner = step(2, 1, "start", "running", 1),
             end = step(2, 1, "start", "done", 3, 65);
  tree.add(outer);
  CHECK(tree.plain(outer) == "begin  cluster");
  tree.add(inner);
  CHECK(tree.plain(inner) == "begin  cluster: start");
  tree.add(end);
  CHECK(tree.plain(end) == "done   cluster: start (1 min 05 s)");
  Event log;
  log.type = EventType::log;
  CHECK(tree.plain(log).empty());
}

TEST_CASE("numbers for people") {
  CHECK(amount_text(1'500'000, 80'000'000, "bytes") == "1.5 of 80.0 MB");
  CHECK(amount_text(2, 0, "images") == "2 images");
  CHECK(duration_text(0.04) == "0.0 s");
}

TEST_CASE("cutting counts characters, not bytes, and no colours") {
  CHECK(cut("✓ größer", 4) == "✓ gr");
  CHECK(cut("\033[32mgreen\033[0m", 3) == "\033[32mgre\033[0m");
  CHECK(cut("short", 10) == "short");
}

TEST_CASE("columns are aligned whatever their bytes") {
  CHECK(table({{"NAME", "X"}, {"größer", "1"}, {"\033[32ma\033[0m", ""}}, "  ") ==
        "  NAME    X\n  größer  1\n  \033[32ma\033[0m\n");
}
