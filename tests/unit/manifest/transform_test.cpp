#include "manifest/transform.hpp"

#include <doctest/doctest.h>

#include "kube/manifests.hpp"
#include "manifest/rollout.hpp"
#include "protocol/error.hpp"

using namespace gf;
using namespace gf::manifest;

namespace {

Json deployment() {
  return kube::read_documents(R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: a}
spec:
  template:
    metadata: {labels: {app: a}}
    spec:
      initContainers: [{name: i, image: "greenfield/redis"}]
      containers: [{name: c, image: "greenfield/redis:latest"}, {name: d, image: "localhost:5000/x@sha256:1"}]
)",
                              "a test")
      .at(0);
}

}  // namespace

TEST_CASE("scalars are read as Kubernetes reads them") {
  const auto documents = kube::read_documents(
      "a: 1\nb: \"1\"\nc: 1.5\nd: true\ne: ~\nf: 08x\ng: 1e3\nh: .\n---\n---\n[x, -2]\n", "a test");
  REQUIRE(documents.size() == 2);
  CHECK(documents[0] == Json::parse(R"({"a":1,"b":"1","c":1.5,"d":true,"e":null,"f":"08x","g":1000.0,"h":"."})"));
  CHECK(documents[1] == Json::parse(R"(["x",-2])"));
  CHECK_THROWS_AS(kube::read_documents("a: [", "a test"), Error);
}

TEST_CASE("images are replaced by name, with or without a tag; others stay") {
  auto object = deployment();
  set_images(object, {{"greenfield/redis", "greenfield/redis:0123"}, {"localhost:5000/x", "y:1"}});
  const auto& spec = object["spec"]["template"]["spec"];
  CHECK(spec["initContainers"][0]["image"] == "greenfield/redis:0123");
  CHECK(spec["containers"][0]["image"] == "greenfield/redis:0123");
  CHECK(spec["containers"][1]["image"] == "y:1");
}

TEST_CASE("a ConfigMap that says so names images in its texts") {
  Json object = Json::parse(R"({"kind":"ConfigMap","metadata":{},"data":{"values":"{\"image\": \"greenfield/x\"}"}})");
  const std::map<std::string, std::string> images = {{"greenfield/x", "greenfield/x:1"}, {"greenfield", "no"}};
  const auto before = object;
  set_images(object, images);
  CHECK(object == before);
  object["metadata"]["annotations"][names_images_annotation] = "true";
  set_images(object, images);
  CHECK(object["data"]["values"] == R"({"image": "greenfield/x:1"})");
}

TEST_CASE("labels reach the object and its pods, namespaces only what lives in one") {
  auto object = deployment();
  add_labels(object, {{"x", "y"}});
  CHECK(object["metadata"]["labels"]["x"] == "y");
  CHECK(object["spec"]["template"]["metadata"]["labels"] == Json::parse(R"({"app":"a","x":"y"})"));
  set_namespace(object, "shop");
  set_namespace(object, "other");
  CHECK(object["metadata"]["namespace"] == "shop");
  Json role = Json::parse(R"({"kind":"ClusterRole","metadata":{}})");
  set_namespace(role, "shop");
  CHECK(!role["metadata"].contains("namespace"));
}

TEST_CASE("namespaces and definitions are applied first, workloads last") {
  std::vector<Json> objects;
  for (const char* kind :
       {"Deployment", "Service", "Other", "Namespace", "ConfigMap", "ValidatingWebhookConfiguration"})
    objects.push_back(Json{{"kind", kind}});
  sort_for_apply(objects);
  std::string order;
  for (const auto& object : objects) order += object["kind"].get<std::string>() + ' ';
  CHECK(order == "Namespace ConfigMap Service ValidatingWebhookConfiguration Other Deployment ");
}

TEST_CASE("a pod tells which template it was made from") {
  auto before = deployment(), after = deployment();
  mark_template(before);
  auto again = before;
  mark_template(again);
  CHECK(again == before);
  after["spec"]["template"]["spec"]["containers"][0]["image"] = "new";
  mark_template(after);
  Json pod;
  pod["metadata"] = before["spec"]["template"]["metadata"];
  CHECK(is_current(before, pod));
  CHECK(!is_current(after, pod));
}

TEST_CASE("what waiting will not cure") {
  auto pod = [](const char* reason, int restarts, const char* message = "") {
    Json made;
    Json status;
    status["name"] = "a";
    status["restartCount"] = restarts;
    status["state"]["waiting"]["reason"] = reason;
    status["state"]["waiting"]["message"] = message;
    made["status"]["containerStatuses"] = Json::array({status});
    return made;
  };
  CHECK(is_hopeless(pod("CrashLoopBackOff", 2)));
  CHECK(!is_hopeless(pod("CrashLoopBackOff", 1)));
  CHECK(is_hopeless(pod("ImagePullBackOff", 0)));
  CHECK(is_hopeless(pod("CreateContainerConfigError", 0, "secret \"x\" not found")));
  CHECK(!is_hopeless(
      pod("CreateContainerConfigError", 0, "failed to sync secret cache: timed out waiting for the condition")));
  CHECK(!is_hopeless(pod("ContainerCreating", 0)));
  CHECK(!is_hopeless(Json::object()));
}
