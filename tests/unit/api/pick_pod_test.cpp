#include "api/pick_pod.hpp"

#include <doctest/doctest.h>

using namespace gf;

namespace {

Json pod(const std::string& name, bool running, bool ready, bool ending = false) {
  Json one;
  one["kind"] = "Pod";
  one["metadata"]["name"] = name;
  if (ending) one["metadata"]["deletionTimestamp"] = "2026-01-31T08:00:00Z";
  Json container;
  container["name"] = "web";
  container["ready"] = ready;
  container["containerID"] = "containerd://" + name;
  container["state"][running ? "running" : "terminated"] = Json::object();
  one["status"]["phase"] = "Running";
  one["status"]["containerStatuses"] = Json::array({container});
  Json condition;
  condition["type"] = "Ready";
  condition["status"] = ready ? "True" : "False";
  one["status"]["conditions"] = Json::array({condition});
  return one;
}

}  // namespace

TEST_CASE("a program runs in a pod that takes requests, not in one that is being ended") {
  const auto ending = pod("ending", true, true, true), crashed = pod("crashed", false, false),
             starting = pod("starting", true, false), serving = pod("serving", true, true);
  struct Case {
    std::vector<const Json*> pods;
    std::string name;
    const Json* expected;
  };
  const std::vector<Case> cases{
      {{&ending, &crashed, &starting, &serving}, "", &serving},
      {{&ending, &crashed, &starting}, "", &starting},
      {{&ending, &crashed}, "", nullptr},
      {{}, "", nullptr},
      {{&serving, &ending, &starting}, "ending", &ending},  // whoever names one means it
      {{&serving}, "gone", nullptr},
  };
  for (const auto& one : cases) {
    CAPTURE(one.name);
    CHECK(api::pick_pod(one.pods, "web", one.name) == one.expected);
  }
}
