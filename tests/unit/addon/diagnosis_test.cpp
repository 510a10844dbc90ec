#include "addon/diagnosis.hpp"

#include <doctest/doctest.h>

using namespace gf;
using namespace gf::addon;

namespace {

AddonSpec postgres(bool full = false) {
  AddonSpec spec;
  spec.name = "postgres";
  spec.space = "data";
  spec.ready = {{"StatefulSet", "postgres"}};
  spec.profiles["dev"] = {};
  if (full) spec.profiles["full"] = {};
  return spec;
}

Json workload(int ready = 0) {
  return Json::parse(R"({"kind": "StatefulSet", "metadata": {"name": "postgres", "namespace": "data"},
    "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "postgres"}}}, "status": {"readyReplicas": )" +
                     std::to_string(ready) + "}}");
}

/// A pod of it whose status is `status`.
Json pod(const std::string& status) {
  return Json::parse(R"({"kind": "Pod", "metadata": {"name": "postgres-0", "labels": {"app": "postgres"}},
    "spec": {"nodeName": "worker2", "volumes": [{"persistentVolumeClaim": {"claimName": "data-postgres-0"}}],
      "containers": [{"name": "postgres", "image": "greenfield/postgres:1a2b",
        "resources": {"requests": {"memory": "96Mi", "cpu": "20m"}, "limits": {"memory": "192Mi"}}}]},
    "status": )" + status +
                     "}");
}

Json with_container(const std::string& rest) {
  return pod(R"({"containerStatuses": [{"name": "postgres", "ready": false, )" + rest + "}]}");
}

Json event(const std::string& time, const std::string& type, const std::string& about, const std::string& message,
           int count = 1) {
  return Json{{"lastTimestamp", "2026-01-31T" + time + "Z"}, {"type", type},       {"reason", "Because"},
              {"involvedObject", {{"name", about}}},         {"message", message}, {"count", count}};
}

Diagnosis told_of(Evidence seen, const AddonSpec& spec = postgres()) {
  const auto suspect = find_suspect(spec, seen);
  REQUIRE(suspect);
  return diagnose(spec, *suspect, seen);
}

}  // namespace

TEST_CASE("the reason names what a person can do something about, and says what to try") {
  struct Row {
    const char* name;
    Evidence seen;
    const char* object;
    const char* reason;
    const char* next;
  };
  const std::string scheduling =
      R"({"conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": )";
  const auto bound = Json::parse(R"({"metadata": {"name": "data-postgres-0"}, "status": {"phase": "Bound"}})");
  const auto pending = Json::parse(R"({"metadata": {"name": "data-postgres-0"}, "status": {"phase": "Pending"}})");
  const Row rows[] = {
      {"absent", {}, "StatefulSet postgres", "it is not in the cluster", "gf up"},
      {"no pod", {{workload()}, {}, {}, {}, {}}, "StatefulSet postgres", "it has no pod yet", "look again"},
      {"no pod to be had",
       {{workload()}, {}, {}, {event("10:00:00", "Warning", "postgres", "exceeded quota")}, {}},
       "StatefulSet postgres",
       "its pod cannot be made: exceeded quota",
       "gf up"},
      {"memory",
       {{workload()}, {pod(scheduling + R"("0/3 nodes are available: 3 Insufficient memory."}]})")}, {bound}, {}, {}},
       "StatefulSet postgres > pod postgres-0",
       "no node takes it: 0/3 nodes are available: 3 Insufficient memory.; it asks for 96Mi memory, 20m cpu",
       "gf addon disable NAME"},
      {"volume",
       {{workload()},
        {pod(scheduling + R"("pod has unbound immediate PersistentVolumeClaims"}]})")},
        {pending},
        {event("10:00:00", "Warning", "data-postgres-0", "no space on worker2")},
        {}},
       "StatefulSet postgres > pod postgres-0",
       "its volume data-postgres-0 is not there yet: no space on worker2",
       "gf doctor"},
      {"node gone",
       {{workload()},
        {pod(scheduling + R"("0/3 nodes are available: 3 node(s) were unschedulable."}]})")},
        {bound},
        {},
        {}},
       "StatefulSet postgres > pod postgres-0",
       "no node takes it: 0/3 nodes are available: 3 node(s) were unschedulable.",
       "gf up brings them back"},
      {"image",
       {{workload()},
        {with_container(R"("state": {"waiting": {"reason": "ErrImageNeverPull", "message": "x"}})")},
        {},
        {},
        {}},
       "StatefulSet postgres > pod postgres-0 > container postgres",
       "the image greenfield/postgres:1a2b is not in the node worker2 (ErrImageNeverPull)",
       "gf up puts it there"},
      {"secret",
       {{workload()},
        {with_container(
            R"("state": {"waiting": {"reason": "CreateContainerConfigError", "message": "secret \"postgres-auth\" not found"}})")},
        {},
        {},
        {}},
       "StatefulSet postgres > pod postgres-0 > container postgres",
       "it cannot be made: secret \"postgres-auth\" not found",
       "gf up"},
      {"crash",
       {{workload()},
        {with_container(
            R"("restartCount": 5, "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 1m20s"}}, "lastState": {"terminated": {"exitCode": 2, "reason": "Error"}})")},
        {},
        {},
        {"FATAL: data directory has wrong ownership"}},
       "StatefulSet postgres > pod postgres-0 > container postgres",
       "it ends again and again: 5 times, the last time with exit code 2",
       "gf addon disable postgres --purge"},
      {"memory limit",
       {{workload()},
        {with_container(
            R"("restartCount": 3, "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}})")},
        {},
        {},
        {}},
       "StatefulSet postgres > pod postgres-0 > container postgres",
       "its memory is too small: it was killed 3 times at its limit of 192Mi",
       "a smaller load"},
      {"disk",
       {{workload()},
        {with_container(R"("restartCount": 1, "state": {"terminated": {"exitCode": 1, "reason": "Error"}})")},
        {bound},
        {},
        {"PANIC: could not write: No space left on device"}},
       "StatefulSet postgres > pod postgres-0 > container postgres",
       "there is no room left on its disk; it ended with exit code 1",
       "gf doctor"},
      {"probe",
       {{workload()},
        {with_container(R"("state": {"running": {}})")},
        {},
        {event("10:00:00", "Warning", "postgres-0", "Startup probe failed: no answer"),
         event("09:00:00", "Warning", "postgres-0", "older")},
        {}},
       "StatefulSet postgres > pod postgres-0 > container postgres",
       "it runs, and does not say that it is ready: Startup probe failed: no answer",
       "look again"},
      {"mount",
       {{workload()},
        {with_container(R"("state": {"waiting": {"reason": "ContainerCreating"}})")},
        {},
        {event("10:00:00", "Warning", "postgres-0", "MountVolume.SetUp failed")},
        {}},
       "StatefulSet postgres > pod postgres-0 > container postgres",
       "it cannot be made yet: MountVolume.SetUp failed",
       "gf doctor"},
      {"node silent",
       {{workload()},
        {pod(
            R"({"conditions": [{"type": "Ready", "status": "False"}], "containerStatuses": [{"name": "postgres", "ready": true, "state": {"running": {}}}]})")},
        {},
        {},
        {}},
       "StatefulSet postgres > pod postgres-0",
       "its node worker2 does not answer",
       "gf up brings them back"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const auto told = told_of(row.seen);
    CHECK(told.object == row.object);
    CHECK(told.reason == row.reason);
    CHECK(told.next.find(row.next) != std::string::npos);
    CHECK(told.log == row.seen.log);
  }
}

TEST_CASE("one that is ready is held up by nothing") {
  CHECK_FALSE(find_suspect(postgres(), {{workload(1)}, {}, {}, {}, {}}));
}

TEST_CASE("a bigger profile is offered where there is one") {
  const auto told = told_of(
      {{workload()},
       {with_container(
           R"("restartCount": 3, "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}})")},
       {},
       {},
       {}},
      postgres(true));
  CHECK(told.next == "gf addon enable postgres --profile full");
}

TEST_CASE("the log to read is that of the instance that ended") {
  const auto suspect_of = [](const std::string& container) {
    return *find_suspect(postgres(), {{workload()}, {with_container(container)}, {}, {}, {}});
  };
  CHECK(suspect_of(R"("restartCount": 2, "state": {"waiting": {"reason": "CrashLoopBackOff"}})").previous);
  CHECK_FALSE(suspect_of(R"("restartCount": 2, "state": {"running": {}})").previous);
  CHECK_FALSE(suspect_of(R"("restartCount": 0, "state": {"terminated": {"exitCode": 1}})").previous);
}

TEST_CASE("the last events about it are told, oldest first, and nobody else's") {
  Evidence seen{{workload()}, {with_container(R"("state": {"running": {}})")}, {}, {}, {}};
  for (int i = 1; i <= 6; ++i)
    seen.events.insert(seen.events.begin(),
                       event("10:00:0" + std::to_string(i), "Normal", "postgres-0", "no " + std::to_string(i), i));
  seen.events.push_back(event("11:00:00", "Warning", "redis-0", "not ours"));
  seen.events.push_back(event("10:30:00", "Normal", "data-postgres-0", "two\nlines"));
  CHECK(told_of(seen).events == std::vector<std::string>{"10:00:04 Because (4 times) postgres-0: no 4",
                                                         "10:00:05 Because (5 times) postgres-0: no 5",
                                                         "10:00:06 Because (6 times) postgres-0: no 6",
                                                         "10:30:00 Because data-postgres-0: two lines"});
}
