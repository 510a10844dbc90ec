#include <doctest/doctest.h>

#include "addon/volume_usage.hpp"
#include "addon/volumes.hpp"

using namespace gf;
using namespace gf::addon;

namespace {

Json object(const char* text) { return Json::parse(text); }

constexpr const char* stateful_set = R"({"kind": "StatefulSet", "metadata": {"name": "db", "namespace": "data"},
  "spec": {"replicas": 2, "volumeClaimTemplates": [
    {"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}},
    {"metadata": {"name": "fast"}, "spec": {"storageClassName": "ssd"}}]}})";

}  // namespace

TEST_CASE("the claims of workloads: one for each replica, those of another storage class left out") {
  const std::vector<Json> objects{
      object(stateful_set),
      object(R"({"kind": "PersistentVolumeClaim", "metadata": {"name": "cache", "namespace": "data"}, "spec": {}})"),
      object(R"({"kind": "Deployment", "metadata": {"name": "web", "namespace": "data"}, "spec": {}})")};
  std::string names;
  for (const auto& claim : claims_of(objects)) names += claim.space + '/' + claim.name + ' ';
  CHECK(names == "data/data-db-0 data/data-db-1 data/cache ");
}

TEST_CASE("a volume is bound to its claim and its node, and the provisioner knows it as its own") {
  const auto claim = claims_of({object(stateful_set)}).front();
  const auto volume =
      volume_for(claim, "db", "standard", "shop-worker", "/var/local-path-provisioner/gf-data-db-0-1234");
  CHECK(volume["metadata"]["name"] == "gf-data-db-0-1234");
  CHECK(volume["metadata"]["annotations"]["pv.kubernetes.io/provisioned-by"] == "rancher.io/local-path");
  const auto& spec = volume["spec"];
  CHECK(spec["claimRef"]["namespace"] == "data");
  CHECK(spec["claimRef"]["name"] == "data-db-0");
  CHECK(spec["capacity"]["storage"] == "1Gi");
  CHECK(spec["persistentVolumeReclaimPolicy"] == "Delete");
  CHECK(spec["nodeAffinity"]["required"]["nodeSelectorTerms"][0]["matchExpressions"][0]["values"] ==
        Json::array({"shop-worker"}));
}

TEST_CASE("members of an addon come to lie on different nodes as long as there are some") {
  const std::vector<std::string> nodes{"a", "b", "c"};
  const auto claim = claims_of({object(stateful_set)}).front();
  std::vector<Json> volumes;
  std::string order;
  // The turn moves on with other addons' volumes in between: it decides among equals only.
  for (const std::size_t turn : {1, 4, 4, 0, 2, 3}) {
    const auto node = node_for_next(nodes, volumes, turn);
    volumes.push_back(volume_for(claim, "db", "standard", node, "/var/x"));
    order += node;
  }
  CHECK(order == "bcaacb");
  CHECK(node_for_next({"a"}, volumes, 7) == "a");
}

TEST_CASE("the room on volumes: of the addon's claims, where they lie, as df tells it") {
  const auto claim = claims_of({object(stateful_set)}).front();
  std::vector<Json> volumes{volume_for(claim, "db", "standard", "worker", "/var/b"),
                            volume_for({"other", claim.name, claim.spec}, "db", "standard", "worker", "/var/c")};
  auto by_provisioner = volume_for({"data", "data-db-1", claim.spec}, "db", "standard", "worker2", "");
  by_provisioner["spec"].erase("local");
  by_provisioner["spec"]["hostPath"]["path"] = "/var/d";
  volumes.insert(volumes.begin(), by_provisioner);
  const auto places = places_of(volumes, "data", {"data-db-0", "data-db-1"});
  REQUIRE(places.size() == 2);
  CHECK(places[0].path == "/var/b");
  CHECK(places[1].path == "/var/d");
  CHECK(places[1].node == "worker2");

  const std::string heading = "Filesystem 1024-blocks Used Available Capacity Mounted on\n";
  const auto usages =
      read_df(heading + "/dev/vda 1000000 500000 16383 97% /var\nsmall 20480 0 16384 0% /a b\n", places);
  REQUIRE(usages.size() == 2);
  CHECK(usages[0].claim == "data-db-0");
  CHECK(usages[0].free_bytes == 16383U * 1024);
  CHECK(usages[0].full());
  CHECK(usages[1].size_bytes == 20U << 20);
  CHECK_FALSE(usages[1].full());
  CHECK(read_df(heading + "/dev/vda 1000000 500000 16383 97% /var\n", places).size() == 1);
  CHECK(read_df("", places).empty());
}
