#include "supervise/supervision.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <sstream>

#include "supervise/command_line.hpp"

using namespace gf::supervise;

namespace {

const Limits limits{milliseconds(5000), milliseconds(30000), milliseconds(3000)};

/// "term timer:5000"; what is told to people is left out.
std::string words(const Actions& actions) {
  std::string text;
  for (const auto& action : actions) {
    const auto value = std::to_string(action.value);
    std::string word;
    switch (action.kind) {
      case Action::Kind::start:
        word = "start";
        break;
      case Action::Kind::pass_on:
        word = "pass-on:" + value;
        break;
      case Action::Kind::signal_group:
        word = action.value == SIGTERM ? "term" : action.value == SIGKILL ? "kill" : value;
        break;
      case Action::Kind::timer:
        word = "timer:" + value;
        break;
      case Action::Kind::no_timer:
        word = "no-timer";
        break;
      case Action::Kind::leave:
        word = "leave:" + value;
        break;
      case Action::Kind::tell:
        CHECK(!action.text.empty());
        continue;
    }
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

/// "ended:1": the program ended with status 1; "signal:15"; "restart", "gone", "timer".
Actions happen(Supervision& one, const std::string& event) {
  const auto colon = event.find(':');
  const auto name = event.substr(0, colon);
  const int value = colon == std::string::npos ? 0 : std::stoi(event.substr(colon + 1));
  if (name == "restart") return one.on_restart();
  if (name == "signal") return one.on_signal(value);
  if (name == "ended") return one.on_ended(value);
  if (name == "gone") return one.on_group_gone();
  REQUIRE(name == "timer");
  return one.on_timer();
}

}  // namespace

TEST_CASE("supervision: what follows from what happens") {
  struct Row {
    const char* events;  ///< after the first start; the last one is looked at
    const char* actions;
  };
  const Row rows[] = {
      // A restart: TERM, and again as soon as nothing of the group is left.
      {"restart", "term timer:5000"},
      {"restart ended:143", ""},
      {"restart ended:143 gone", "timer:30000 start"},
      {"restart ended:1 gone", "timer:30000 start"},
      // More requests before the start are the same one; one after it is another.
      {"restart restart", ""},
      {"restart ended:0 restart", ""},
      {"restart timer restart", ""},
      {"restart ended:0 gone restart", "term timer:5000"},
      // What does not end is killed; what does not vanish even so is not waited for, but the program itself is.
      {"restart timer", "kill timer:1000"},
      {"restart timer ended:137", ""},
      {"restart timer ended:137 gone", "timer:30000 start"},
      {"restart timer ended:137 timer", "timer:30000 start"},
      {"restart timer timer", "timer:1000"},
      {"restart ended:0 timer", "kill timer:1000"},
      // Its own end, long after a start: the container's.
      {"timer ended:0", "leave:0"},
      {"timer ended:7", "leave:7"},
      {"restart ended:0 gone timer ended:139", "leave:139"},
      // Soon after a restart: held until the next one, however long that takes.
      {"restart ended:0 gone ended:1", "kill no-timer"},
      {"restart ended:0 gone ended:0", "kill no-timer"},
      {"restart ended:0 gone ended:1 gone restart", "timer:30000 start"},
      {"restart ended:0 gone ended:1 restart", "timer:1000"},
      {"restart ended:0 gone ended:1 restart gone", "timer:30000 start"},
      {"restart ended:0 gone ended:1 restart timer", "timer:30000 start"},
      {"restart ended:0 gone ended:1 gone restart ended:1", "kill no-timer"},
      {"restart ended:0 gone ended:1 gone restart timer ended:1", "leave:1"},
      // Soon after the container's start: held for a moment, in which newer files may come; but no success is.
      {"ended:0", "leave:0"},
      {"ended:1", "kill timer:3000"},
      {"ended:1 gone timer", "leave:1"},
      {"ended:1 gone restart", "timer:30000 start"},
      {"ended:1 gone restart ended:2", "kill no-timer"},
      // Signals reach the program; whoever sends them knows what its end means.
      {"signal:1", "no-timer pass-on:1"},
      {"signal:1 ended:129", "leave:129"},
      {"signal:15", "no-timer pass-on:15"},
      {"signal:15 signal:2", "pass-on:2"},
      {"signal:15 ended:0", "leave:0"},
      {"signal:15 restart", ""},
      {"signal:2 restart", "term timer:5000"},
      {"restart ended:0 gone signal:3 ended:131", "leave:131"},
      // While it is restarted: TERM is the container's end.
      {"restart signal:10", "pass-on:10"},
      {"restart ended:0 signal:10", ""},
      {"restart signal:15", "no-timer"},
      {"restart signal:15 ended:0", "leave:0"},
      {"restart signal:15 gone", ""},
      {"restart ended:3 signal:15", "leave:3"},
      {"restart timer signal:15 ended:137", "leave:137"},
      // While it is held.
      {"restart ended:0 gone ended:1 signal:15", "leave:1"},
      {"restart ended:0 gone ended:1 signal:2", "leave:1"},
      {"restart ended:0 gone ended:1 signal:1", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.events);
    Supervision one(limits);
    CHECK(words(one.begin()) == "timer:30000 start");
    std::istringstream events(row.events);
    std::string last;
    for (std::string event; events >> event;) last = words(happen(one, event));
    CHECK(last == row.actions);
  }
}

TEST_CASE("supervision: the command line") {
  const auto read = [](std::vector<std::string> line) -> std::string {
    line.insert(line.begin(), "gf-supervise");
    std::vector<char*> argv;
    for (auto& word : line) argv.push_back(word.data());
    argv.push_back(nullptr);
    const auto told = read_command_line(static_cast<int>(line.size()), argv.data());
    if (!told) return "usage";
    std::string text;
    for (const auto time : {told->limits.grace, told->limits.trial, told->limits.patience})
      text += std::to_string(time.count()) + ' ';
    for (char** word = told->program; *word; ++word) text += '[' + std::string(*word) + ']';
    return text;
  };
  CHECK(read({"--", "python", "-u", "serve.py"}) == "5000 30000 3000 [python][-u][serve.py]");
  CHECK(read({"--grace", "0.25", "--patience", "0", "--trial", "1", "--", "--", "--grace"}) ==
        "250 1000 0 [--][--grace]");
  for (const auto& wrong : std::vector<std::vector<std::string>>{{},
                                                                 {"--"},
                                                                 {"python"},
                                                                 {"python", "--", "x"},
                                                                 {"--grace", "--", "x"},
                                                                 {"--grace", "-1", "--", "x"},
                                                                 {"--grace", "1s", "--", "x"},
                                                                 {"--grace", "", "--", "x"},
                                                                 {"--grace", "nan", "--", "x"},
                                                                 {"--grace", "1"},
                                                                 {"--other", "1", "--", "x"}})
    CHECK(read(wrong) == "usage");
}
