#include "doctor/doctor.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace gf::doctor;

namespace {

Facts good() {
  Facts facts;
  facts.engine_answers = true;
  facts.cgroup_version = "2";
  facts.inotify_watches = 1 << 20;
  facts.inotify_instances = 1024;
  facts.memory_available_mib = 8192;
  facts.disk_free_mib = 50000;
  facts.has_kind = facts.has_kubectl = true;
  return facts;
}

Check find(const std::vector<Check>& checks, const std::string& name) {
  const auto found = std::ranges::find(checks, name, &Check::name);
  REQUIRE(found != checks.end());
  return *found;
}

}  // namespace

TEST_CASE("a good host has nothing to repair") {
  for (const auto& check : judge(good())) {
    CAPTURE(check.name);
    CHECK(check.state == State::ok);
    CHECK(check.repair.empty());
    CHECK(check.fix.empty());
  }
}

TEST_CASE("each lack is told with its cost and repair") {
  struct Row {
    const char* name;
    void (*spoil)(Facts&);
    State state;
    bool fixable;
  };
  const Row rows[] = {
      {"engine", [](Facts& f) { f.engine_answers = false; }, State::error, true},
      {"kind", [](Facts& f) { f.has_kind = false; }, State::error, false},
      {"kubectl", [](Facts& f) { f.has_kubectl = false; }, State::error, false},
      {"cgroups", [](Facts& f) { f.cgroup_version = "1"; }, State::warning, false},
      {"capabilities", [](Facts& f) { f.sys_resource = false; }, State::error, false},
      {"inotify-watches", [](Facts& f) { f.inotify_watches = 8192; }, State::warning, true},
      {"inotify-instances", [](Facts& f) { f.inotify_instances = 128; }, State::warning, true},
      {"memory", [](Facts& f) { f.memory_available_mib = 1000; }, State::warning, false},
      {"disk", [](Facts& f) { f.disk_free_mib = 1000; }, State::warning, false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    auto facts = good();
    row.spoil(facts);
    const auto checks = judge(facts);
    const auto check = find(checks, row.name);
    CHECK(check.state == row.state);
    CHECK(!check.cost.empty());
    CHECK(!check.repair.empty());
    CHECK(check.fix.empty() != row.fixable);
    CHECK(std::ranges::count(checks, State::ok, &Check::state) == static_cast<long>(checks.size()) - 1);
  }
  auto wrapped = good();
  wrapped.sys_resource = false;
  wrapped.oom_wrapper = true;
  CHECK(find(judge(wrapped), "capabilities").state == State::ok);
}
