#include "kube/readiness.hpp"

#include <doctest/doctest.h>

#include "kube/base64.hpp"
#include "kube/kube_api.hpp"
#include "kube/resource_catalogue.hpp"
#include "protocol/error.hpp"

using namespace gf;
using namespace gf::kube;

namespace {
Json object(const char* kind, const char* rest) {
  auto value = Json::parse(rest);
  value["kind"] = kind;
  return value;
}
}  // namespace

TEST_CASE("readiness follows the rules of a rollout") {
  struct Row {
    const char* kind;
    const char* rest;
    bool ready, failed;
    const char* reason;
  };
  const Row rows[] = {
      {"Deployment",
       R"({"metadata":{"generation":2},"spec":{"replicas":2},"status":{"observedGeneration":1,"updatedReplicas":2,"replicas":2,"availableReplicas":2}})",
       false, false, "the change has not been taken up yet"},
      {"Deployment",
       R"({"metadata":{"generation":2},"spec":{"replicas":2},"status":{"observedGeneration":2,"updatedReplicas":1,"replicas":3,"availableReplicas":2}})",
       false, false, "new replicas are being created"},
      {"Deployment",
       R"({"metadata":{"generation":2},"spec":{"replicas":2},"status":{"observedGeneration":2,"updatedReplicas":2,"replicas":3,"availableReplicas":3}})",
       false, false, "1 old replicas are still there"},
      {"Deployment",
       R"({"metadata":{"generation":2},"spec":{"replicas":2},"status":{"observedGeneration":2,"updatedReplicas":2,"replicas":2,"availableReplicas":1}})",
       false, false, "1 of 2 replicas ready"},
      {"Deployment",
       R"({"metadata":{"generation":2},"spec":{"replicas":2},"status":{"observedGeneration":2,"updatedReplicas":2,"replicas":2,"availableReplicas":2}})",
       true, false, ""},
      {"Deployment", R"({"metadata":{"generation":1},"spec":{"replicas":0},"status":{"observedGeneration":1}})", true,
       false, ""},
      {"Deployment",
       R"({"metadata":{"generation":1},"spec":{},"status":{"observedGeneration":1,"conditions":[{"type":"Progressing","reason":"ProgressDeadlineExceeded","message":"too slow"}]}})",
       false, true, "too slow"},
      {"StatefulSet",
       R"({"metadata":{"generation":1},"spec":{"replicas":1},"status":{"observedGeneration":1,"readyReplicas":1,"updateRevision":"a","currentRevision":"a"}})",
       true, false, ""},
      {"StatefulSet",
       R"({"metadata":{"generation":1},"spec":{"replicas":1},"status":{"observedGeneration":1,"readyReplicas":1,"updateRevision":"b","currentRevision":"a"}})",
       false, false, "replicas are being replaced"},
      {"StatefulSet", R"({"metadata":{"generation":1},"spec":{"replicas":1},"status":{"observedGeneration":1}})", false,
       false, "0 of 1 replicas ready"},
      {"DaemonSet",
       R"({"metadata":{"generation":1},"status":{"observedGeneration":1,"desiredNumberScheduled":3,"updatedNumberScheduled":3,"numberAvailable":2}})",
       false, false, "2 of 3 nodes ready"},
      {"Job", R"({"status":{"conditions":[{"type":"Failed","status":"True","message":"gave up"}]}})", false, true,
       "gave up"},
      {"Job", R"({"status":{"conditions":[{"type":"Complete","status":"True"}]}})", true, false, ""},
      {"Pod", R"({"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}})", true, false, ""},
      {"Pod", R"({"status":{"phase":"Pending"}})", false, false, "the pod is starting"},
      {"Node", R"({"status":{"conditions":[{"type":"Ready","status":"Unknown"}]}})", false, false,
       "the node is not ready"},
      {"PersistentVolumeClaim", R"({"status":{"phase":"Bound"}})", true, false, ""},
      {"CustomResourceDefinition", R"({"status":null})", false, false, "the definition is not established"},
      {"ConfigMap", R"({})", true, false, ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.kind);
    CAPTURE(row.rest);
    const auto seen = assess(object(row.kind, row.rest));
    CHECK(seen.ready == row.ready);
    CHECK(seen.failed == row.failed);
    CHECK(seen.reason == row.reason);
  }
}

TEST_CASE("a pod's trouble names the container and the reason") {
  struct Row {
    const char* status;
    const char* words;
  };
  const Row rows[] = {
      {R"({"containerStatuses":[{"name":"api","state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off"}},"lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}]})",
       "container api: CrashLoopBackOff (ended with exit code 137, OOMKilled)"},
      {R"({"containerStatuses":[{"name":"api","state":{"waiting":{"reason":"ImagePullBackOff","message":"no such image"}}}]})",
       "container api: ImagePullBackOff: no such image"},
      {R"({"containerStatuses":[{"name":"api","state":{"waiting":{"reason":"ContainerCreating"}}}]})", ""},
      {R"({"containerStatuses":[{"name":"api","state":{"terminated":{"exitCode":1,"reason":"Error"}}}]})",
       "container api: Error (exit code 1)"},
      {R"({"initContainerStatuses":[{"name":"first","state":{"waiting":{"reason":"CreateContainerConfigError","message":"secret \"x\" not found"}}}]})",
       "container first: CreateContainerConfigError: secret \"x\" not found"},
      {R"({"conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/3 nodes"}]})",
       "Unschedulable: 0/3 nodes"},
      {R"({"containerStatuses":[{"name":"api","state":{"running":{}}}]})", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.status);
    Json pod;
    pod["status"] = Json::parse(row.status);
    CHECK(trouble(pod) == row.words);
  }
}

TEST_CASE("a running container that began before the nodes did is an old story") {
  Json pod;
  CHECK(!is_stale(pod, "2026-01-31T08:00:00Z"));
  pod["status"] = Json::parse(R"({"containerStatuses":[{"state":{"running":{"startedAt":"2026-01-31T07:59:59Z"}}}]})");
  CHECK(is_stale(pod, "2026-01-31T08:00:00Z"));
  CHECK(!is_stale(pod, "2026-01-31T07:59:59Z"));
  pod["status"] =
      Json::parse(R"({"containerStatuses":[{"state":{"terminated":{"startedAt":"2026-01-31T07:59:59Z"}}}]})");
  CHECK(!is_stale(pod, "2026-01-31T08:00:00Z"));
}

TEST_CASE("a pod that only its kubelet can help on is told from one that time will mend") {
  struct Row {
    const char* pod;
    bool awaits;
  };
  const Row rows[] = {
      {R"({"spec":{},"status":{"phase":"Pending"}})", false},
      {R"({"spec":{"nodeName":"a"},"status":{"phase":"Pending"}})", true},
      {R"({"spec":{"nodeName":"a"},"status":{"phase":"Running","containerStatuses":[{"state":{"running":{}}}]}})",
       false},
      {R"({"spec":{"nodeName":"a"},"status":{"phase":"Running","containerStatuses":[{"state":{"running":{}}},
           {"state":{"terminated":{"exitCode":255}}}]}})",
       true},
      {R"({"spec":{"nodeName":"a"},"status":{"containerStatuses":[{"state":{"waiting":
           {"reason":"CreateContainerConfigError"}}}]}})",
       true},
      {R"({"spec":{"nodeName":"a"},"status":{"containerStatuses":[{"state":{"waiting":
           {"reason":"CrashLoopBackOff"}}}]}})",
       false},
      {R"({"spec":{"nodeName":"a"},"status":{"phase":"Succeeded","containerStatuses":[{"state":{"terminated":{}}}]}})",
       false},
      {R"({"metadata":{"deletionTimestamp":"x"},"spec":{"nodeName":"a"},"status":{"phase":"Pending"}})", false},
      {R"({"metadata":{"annotations":{"kubernetes.io/config.mirror":"x"}},"spec":{"nodeName":"a"},"status":{}})",
       false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.pod);
    CHECK(awaits_kubelet(Json::parse(row.pod)) == row.awaits);
  }
}

TEST_CASE("base64 goes both ways") {
  CHECK(base64_decode("Z3JlZW4=") == "green");
  CHECK(base64_decode("Z3Jl\nZW4=") == "green");
  CHECK(base64_decode("not base64") == "");
  for (const auto* text : {"", "a", "ab", "abc", "abcd"}) CHECK(base64_decode(base64_encode(text)) == text);
}

TEST_CASE("a kubeconfig is read, and a broken one is refused by reason") {
  const std::string good = R"(
current-context: kind-a
clusters: [{name: kind-a, cluster: {server: "https://127.0.0.1:4321", certificate-authority-data: Q0E=}}]
contexts: [{name: kind-a, context: {cluster: kind-a, user: kind-a}}]
users: [{name: kind-a, user: {client-certificate-data: Q0VSVA==, client-key-data: S0VZ}}]
)";
  const auto access = access_from_kubeconfig(good);
  CHECK(access.endpoint.host == "127.0.0.1");
  CHECK(access.endpoint.port == 4321);
  CHECK(access.endpoint.tls->ca == "CA");
  CHECK(access.endpoint.tls->certificate == "CERT");
  CHECK(access.endpoint.tls->key == "KEY");
  for (const std::string bad : {"", "a: [", "current-context: x",
                                "current-context: kind-a\ncontexts: [{name: kind-a, context: {cluster: b}}]"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(access_from_kubeconfig(bad), Error);
  }
}

TEST_CASE("paths follow group, namespace and name") {
  const ResourceName pods{"v1", "Pod", "pods", true}, nodes{"v1", "Node", "nodes", false};
  const ResourceName sets{"apps/v1", "StatefulSet", "statefulsets", true};
  CHECK(resource_path(pods, "shop", "a") == "/api/v1/namespaces/shop/pods/a");
  CHECK(resource_path(pods, "") == "/api/v1/pods");
  CHECK(resource_path(nodes, "shop", "n") == "/api/v1/nodes/n");
  CHECK(resource_path(sets, "data") == "/apis/apps/v1/namespaces/data/statefulsets");
  const auto read = read_resources(
      "v1",
      Json::parse(
          R"({"resources":[{"name":"pods","kind":"Pod","namespaced":true},{"name":"pods/log","kind":"Pod","namespaced":true}]})"));
  REQUIRE(read.size() == 1);
  CHECK(read.at("Pod").plural == "pods");
}
