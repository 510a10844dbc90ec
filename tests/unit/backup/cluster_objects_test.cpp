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
      {false, R"({"kind":"EndpointSlice","metadata":{"name":"a","namespace":"team"}})"},
      {false, R"({"kind":"ConfigMap","metadata":{"name":"a","namespace":"kube-system"}})"},
      {false, R"({"kind":"ConfigMap","metadata":{"name":"kube-root-ca.crt","namespace":"team"}})"},
      {false, R"({"kind":"Secret","type":"kubernetes.io/service-account-token","metadata":{"name":"a"}})"},
      {false, R"({"kind":"Service","metadata":{"name":"kubernetes","namespace":"default"}})"},
      {false, R"({"kind":"Namespace","metadata":{"name":"default"}})"},
      {false, R"({"kind":"ClusterRole","metadata":{"name":"system:node"}})"},
      {true, R"({"kind":"StorageClass","metadata":{"name":"fast"}})"},
      {false, R"({"kind":"StorageClass","metadata":{"name":"standard"}})"},
      {false, R"({"kind":"ClusterRole","metadata":{"labels":{"kubernetes.io/bootstrapping":"rbac-defaults"}}})"},
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
      {R"({"kind":"PersistentVolumeClaim","spec":{"volumeName":"pvc-1"}})",
       R"({"kind":"PersistentVolumeClaim","spec":{}})"},
      {R"({"kind":"Job","metadata":{"labels":{"controller-uid":"1"}},"spec":{"selector":{}}})",
       R"({"kind":"Job","metadata":{"labels":{}},"spec":{}})"},
      {R"({"kind":"Job","spec":{"manualSelector":true,"selector":{}}})",
       R"({"kind":"Job","spec":{"manualSelector":true,"selector":{}}})"},
  };
  for (const auto& [object, expected] : cases) {
    CAPTURE(object);
    CHECK(cleaned(Json::parse(object)) == Json::parse(expected));
  }
}

TEST_CASE("cluster objects: what is needed comes before what needs it, webhooks last") {
  const std::vector<std::string> kinds{"CustomResourceDefinition",
                                       "Namespace",
                                       "PersistentVolumeClaim",
                                       "Secret",
                                       "Service",
                                       "Deployment",
                                       "Widget",
                                       "ValidatingWebhookConfiguration"};
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    CAPTURE(kinds[i]);
    CHECK(static_cast<std::size_t>(stage_of(Json{{"apiVersion", "v1"}, {"kind", kinds[i]}})) == i);
  }
  CHECK(stage_of(Json{{"apiVersion", "serving.knative.dev/v1"}, {"kind", "Service"}}) == Stage::rest);
}
