#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "backup/cluster_objects.hpp"

namespace {

using namespace gf;
using namespace gf::backup;

}  // namespace

TEST_CASE("cluster objects: what a new cluster has or makes by itself is not kept") {
  struct Case {
    bool kept;
    std::string object;
  };
  const std::vector<Case> cases{
      {true, R"({"kind":"ConfigMap","metadata":{"name":"a","namespace":"team"}})"},
      {true, R"({"kind":"Widget","metadata":{"name":"a","namespace":"team"}})"},
      {true, R"({"kind":"Namespace","metadata":{"name":"team"}})"},
      {true, R"({"kind":"Pod","metadata":{"name":"bare","namespace":"team"}})"},
      {true, R"({"kind":"Secret","type":"Opaque","metadata":{"name":"a","namespace":"team"}})"},
      {true, R"({"kind":"ConfigMap","metadata":{"name":"a","namespace":"t","ownerReferences":[{"kind":"X"}]}})"},
      {true, R"({"kind":"PersistentVolumeClaim","metadata":{"name":"a","ownerReferences":[{"controller":true}]}})"},
      {true, R"({"kind":"PersistentVolume","metadata":{"name":"by-hand"}})"},
      {false, R"({"kind":"PersistentVolume","metadata":{"annotations":{"pv.kubernetes.io/provisioned-by":"x"}}})"},
      {false, R"({"kind":"Pod","metadata":{"name":"a","namespace":"t","ownerReferences":[{"controller":true}]}})"},
      {false, R"({"kind":"Event","metadata":{"name":"a","namespace":"team"}})"},
      {false,
       R"({"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"a","namespace":"team"}})"},
      {false, R"({"kind":"ConfigMap","metadata":{"name":"a","namespace":"kube-system"}})"},
      {false, R"({"kind":"ConfigMap","metadata":{"name":"kube-root-ca.crt","namespace":"team"}})"},
      {false, R"({"kind":"Secret","type":"kubernetes.io/service-account-token","metadata":{"name":"a"}})"},
      {false, R"({"kind":"Service","metadata":{"name":"kubernetes","namespace":"default"}})"},
      {false, R"({"kind":"Namespace","metadata":{"name":"default"}})"},
      {false,
       R"({"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"system:node"}})"},
      {true, R"({"apiVersion":"storage.k8s.io/v1","kind":"StorageClass","metadata":{"name":"fast"}})"},
      {false, R"({"apiVersion":"storage.k8s.io/v1","kind":"StorageClass","metadata":{"name":"standard"}})"},
      {false, R"({"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole",
                  "metadata":{"labels":{"kubernetes.io/bootstrapping":"rbac-defaults"}}})"},
      {true, R"({"apiVersion":"example.com/v1","kind":"Lease","metadata":{"name":"a","namespace":"team"}})"},
      {false, R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"a","namespace":"team"}})"},
      {false, R"({"apiVersion":"storage.k8s.io/v1","kind":"CSIStorageCapacity","metadata":{"namespace":"team"}})"},
      {false, R"({"kind":"Secret","type":"bootstrap.kubernetes.io/token","metadata":{"namespace":"kube-system"}})"},
      {false, R"({"kind":"ServiceAccount","metadata":{"name":"default","namespace":"default"}})"},
      {true, R"({"kind":"ServiceAccount","metadata":{"name":"default","namespace":"team"}})"},
      {false, R"({"kind":"Pod","metadata":{"name":"a"},"status":{"phase":"Succeeded"}})"},
      {false, R"({"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"a"},
                  "status":{"conditions":[{"type":"Complete","status":"True"}]}})"},
      {true, R"({"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"a"},"status":{"active":1}})"},
  };
  for (const auto& [kept, object] : cases) {
    CAPTURE(object);
    CHECK(belongs_in_backup(Json::parse(object)) == kept);
  }
}

TEST_CASE("cluster objects: what a server sets is taken off") {
  struct Case {
    std::string object, expected;
  };
  const std::vector<Case> cases{
      {R"({"kind":"ConfigMap","metadata":{"name":"a","uid":"1","resourceVersion":"2","managedFields":[]},"data":{}})",
       R"({"kind":"ConfigMap","metadata":{"name":"a"},"data":{}})"},
      {R"({"kind":"Service","spec":{"clusterIP":"10.0.0.1","clusterIPs":["10.0.0.1"],"ports":[]},"status":{}})",
       R"({"kind":"Service","spec":{"ports":[]}})"},
      {R"({"kind":"Service","spec":{"clusterIP":"None"}})", R"({"kind":"Service","spec":{"clusterIP":"None"}})"},
      {R"({"kind":"PersistentVolume","spec":{"claimRef":{"name":"a","uid":"1"}}})",
       R"({"kind":"PersistentVolume","spec":{"claimRef":{"name":"a"}}})"},
      {R"({"kind":"PersistentVolumeClaim","metadata":{"annotations":{"pv.kubernetes.io/bind-completed":"yes"}}})",
       R"({"kind":"PersistentVolumeClaim","metadata":{}})"},
      {R"({"kind":"PersistentVolumeClaim","spec":{"volumeName":"pvc-1"}})",
       R"({"kind":"PersistentVolumeClaim","spec":{}})"},
      {R"({"apiVersion":"batch/v1","kind":"Job","metadata":{"labels":{"controller-uid":"1"}},"spec":{"selector":{}}})",
       R"({"apiVersion":"batch/v1","kind":"Job","metadata":{"labels":{}},"spec":{}})"},
      {R"({"apiVersion":"batch/v1","kind":"Job","spec":{"manualSelector":true,"selector":{}}})",
       R"({"apiVersion":"batch/v1","kind":"Job","spec":{"manualSelector":true,"selector":{}}})"},
  };
  for (const auto& [object, expected] : cases) {
    CAPTURE(object);
    CHECK(cleaned(Json::parse(object)) == Json::parse(expected));
  }
}

TEST_CASE("cluster objects: what is needed comes before what needs it, webhooks last") {
  const std::vector<std::pair<std::string, std::string>> kinds{
      {"apiextensions.k8s.io/v1", "CustomResourceDefinition"},
      {"v1", "Namespace"},
      {"storage.k8s.io/v1", "StorageClass"},
      {"v1", "PersistentVolumeClaim"},
      {"v1", "Secret"},
      {"v1", "Service"},
      {"apps/v1", "Deployment"},
      {"example.com/v1", "Widget"},
      {"admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"}};
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    CAPTURE(kinds[i].second);
    CHECK(static_cast<std::size_t>(stage_of(Json{{"apiVersion", kinds[i].first}, {"kind", kinds[i].second}})) == i);
  }
  CHECK(stage_of(Json{{"apiVersion", "serving.knative.dev/v1"}, {"kind", "Service"}}) == Stage::rest);
}

TEST_CASE("cluster objects: what controllers have added makes no other content") {
  const auto wanted = Json::parse(R"({"data":{"a":"1"},"list":[{"x":1}]})");
  CHECK(holds(Json::parse(R"({"data":{"a":"1"},"list":[{"x":1,"y":2}],"metadata":{}})"), wanted));
  for (const char* other : {R"({"data":{"a":"2"},"list":[{"x":1}]})", R"({"data":{"a":"1"},"list":[{"x":1},{}]})",
                            R"({"list":[{"x":1}]})", R"({"data":[],"list":[{"x":1}]})"}) {
    CAPTURE(other);
    CHECK_FALSE(holds(Json::parse(other), wanted));
  }
}

TEST_CASE("cluster objects: they are named as people name them") {
  const auto object = Json::parse(R"({"kind":"ConfigMap","metadata":{"name":"a","namespace":"team",
    "labels":{"app.kubernetes.io/managed-by":"greenfield"}}})");
  CHECK(name_of(object) == "ConfigMap team/a");
  CHECK(name_of(Json::parse(R"({"kind":"Namespace","metadata":{"name":"team"}})")) == "Namespace team");
  CHECK(is_own(object));
  CHECK_FALSE(is_own(Json::object()));
}
