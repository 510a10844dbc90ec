#include <doctest/doctest.h>

#include "protocol/error.hpp"
#include "snapshot/node_script.hpp"

namespace {

using namespace gf;
using namespace gf::snapshot;

Json volume_on(const std::string& node, const std::string& kind) {
  auto volume = Json::parse(R"({"spec": {"nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions":
    [{"key": "kubernetes.io/hostname", "operator": "In", "values": ["NODE"]}]}]}}}})");
  volume["/spec/nodeAffinity/required/nodeSelectorTerms/0/matchExpressions/0/values/0"_json_pointer] = node;
  volume["spec"][kind]["path"] = "/var/local/" + kind;
  return volume;
}

}  // namespace

TEST_CASE("snapshot: a volume is a folder on a node, or refused") {
  for (const char* kind : {"local", "hostPath"}) {
    const auto place = place_of("data-redis-0", volume_on("worker", kind));
    CHECK(place.claim == "data-redis-0");
    CHECK(place.node == "worker");
    CHECK(place.path == std::string("/var/local/") + kind);
  }
  CHECK_THROWS_AS(place_of("data", volume_on("worker", "nfs")), Error);
  CHECK_THROWS_AS(place_of("data", Json::parse(R"({"spec": {"local": {"path": "/x"}}})")), Error);
}

TEST_CASE("snapshot: only running containers of pods that use the volume stand still") {
  const auto pod = Json::parse(R"({"spec": {"volumes": [{"name": "run", "emptyDir": {}},
      {"name": "data", "persistentVolumeClaim": {"claimName": "data-redis-0"}}]},
    "status": {"containerStatuses": [{"containerID": "containerd://abc", "state": {"running": {}}},
      {"containerID": "containerd://old", "state": {"terminated": {}}}, {"state": {"waiting": {}}}]}})");
  const auto other = Json::parse(R"({"spec": {"volumes": [{"name": "data", "persistentVolumeClaim":
    {"claimName": "data-postgres-0"}}]}, "status": {"containerStatuses": [{"containerID": "containerd://def",
    "state": {"running": {}}}]}})");
  const auto fresh = Json::parse(R"({"spec": {}})");
  const std::vector<const Json*> pods{&pod, &other, &fresh};
  CHECK(containers_of(pods, {{"data-redis-0", "worker", "/x"}}) == std::vector<std::string>{"abc"});
}

TEST_CASE("snapshot: names") {
  for (const char* good : {"a", "before-migration", "2"}) check_name(good);
  for (const auto& wrong : {std::string(), std::string("../etc"), std::string("A"), std::string("-x"),
                            std::string("a b"), std::string(41, 'a')})
    CHECK_THROWS_AS(check_name(wrong), Error);
}

TEST_CASE("snapshot: it is the same after a restart") {
  Snapshot one{"before", "uid-1", 12.5, {{"redis", "8.0", {{"data-redis-0", "worker", "/x"}}, true, 42, 0.25}}};
  const auto json = to_json(one);
  CHECK(to_json(snapshot_from_json(json)) == json);
  CHECK_THROWS(snapshot_from_json(Json::parse(R"({"name": "x"})")));
}

TEST_CASE("snapshot: names of containers and folders are arguments of a script, never a part of it") {
  const auto saving = save_script("worker", {"abc"}, {{"data", "worker", "/v/x y"}}, folder_of("before", "redis"));
  CHECK(saving.container == "worker");
  CHECK(saving.input);
  const std::vector<std::string> rest(saving.command.begin() + 3, saving.command.end());
  CHECK(rest == std::vector<std::string>{"gf-snapshot", "/var/lib/greenfield-snapshots/before/redis", "abc", "--",
                                         "data", "/v/x y"});
  const auto restoring = restore_script("worker", {{"data", "worker", "/s"}}, {{"data", "worker", "/v"}});
  CHECK(std::vector<std::string>(restoring.command.end() - 2, restoring.command.end()) ==
        std::vector<std::string>{"/s", "/v"});
}
