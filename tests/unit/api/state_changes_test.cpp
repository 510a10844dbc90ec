#include "api/state_changes.hpp"

#include <doctest/doctest.h>

using namespace gf;
using namespace gf::api;

namespace {

Json status() {
  return Json::parse(R"({
    "cluster": {"name": "greenfield", "state": "running"},
    "addons": [{"name": "redis", "state": "starting"}],
    "projects": [{"name": "shop", "state": "starting", "apps": [
      {"name": "api", "state": "starting", "ready": 0, "pods": [], "last_sync": {"files": 1}}]}]})");
}

/// "type [project/]name state" of each change.
std::vector<std::string> told(const Json& before, const Json& now) {
  std::vector<std::string> all;
  for (const auto& [type, event] : state_changes(before, now)) {
    const auto project = event.value("project", "");
    all.push_back(type + ' ' + (project.empty() ? "" : project + '/') + event.at("now").value("name", "") + ' ' +
                  event.at("now").value("state", ""));
  }
  return all;
}

using Told = std::vector<std::string>;

}  // namespace

TEST_CASE("what stays the same is not told, what changes is told as it stands") {
  const auto before = status();
  auto now = status();
  CHECK(told(before, now).empty());
  now["addons"][0]["state"] = "ready";
  now["cluster"]["state"] = "stopped";
  now["projects"][0]["state"] = "up";
  now["projects"][0]["apps"][0]["ready"] = 2;
  CHECK(told(before, now) ==
        Told{"cluster greenfield stopped", "addon redis ready", "project shop up", "app shop/api starting"});
  CHECK(state_changes(before, now).back().event["now"]["ready"] == 2);
}

TEST_CASE("a project's apps are told by themselves, and a save by its own event") {
  const auto before = status();
  auto now = status();
  now["projects"][0]["apps"][0]["last_sync"]["files"] = 2;
  CHECK(told(before, now).empty());
  now["projects"][0]["apps"][0]["state"] = "failed";
  CHECK(told(before, now) == Told{"app shop/api failed"});
}

TEST_CASE("what comes is told, and what goes") {
  const auto empty =
      Json::parse(R"({"cluster": {"name": "greenfield", "state": "running"}, "addons": [], "projects": []})");
  const auto full = status();
  CHECK(told(empty, full) == Told{"addon redis starting", "project shop starting", "app shop/api starting"});
  CHECK(told(full, empty) == Told{"addon redis removed", "project shop removed"});
  auto fewer = status();
  fewer["projects"][0]["apps"] = Json::array();
  CHECK(told(full, fewer) == Told{"app shop/api removed"});
}
