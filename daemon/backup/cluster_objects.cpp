#include "backup/cluster_objects.hpp"

#include <initializer_list>
#include <set>
#include <string>

namespace gf::backup {

namespace {

using Names = std::set<std::string, std::less<>>;

std::string text_at(const Json& object, const char* pointer) {
  const Json::json_pointer where(pointer);
  return object.contains(where) && object.at(where).is_string() ? object.at(where).get<std::string>() : "";
}

bool is_of_node_image(const std::string& space) {
  static const Names spaces{"kube-system", "kube-public", "kube-node-lease", "local-path-storage"};
  return spaces.contains(space);
}

bool tells_of_this_cluster(const std::string& kind) {
  static const Names kinds{"Event",
                           "Lease",
                           "Endpoints",
                           "EndpointSlice",
                           "Node",
                           "CSINode",
                           "IPAddress",
                           "ControllerRevision",
                           "ServiceCIDR",
                           "ComponentStatus",
                           "NodeMetrics",
                           "CertificateSigningRequest",
                           "VolumeAttachment",
                           "PodMetrics"};
  return kinds.contains(kind);
}

bool is_controlled(const Json& object) {
  const Json::json_pointer owners("/metadata/ownerReferences");
  if (!object.contains(owners)) return false;
  for (const auto& owner : object.at(owners))
    if (owner.value("controller", false)) return true;
  return false;
}

/// What every new cluster has, outside of the namespaces of the node image.
bool is_built_in(const Json& object, const std::string& kind, const std::string& name) {
  if (kind == "Namespace") return name == "default" || is_of_node_image(name);
  if (kind == "ConfigMap") return name == "kube-root-ca.crt";
  if (kind == "Service") return name == "kubernetes" && text_at(object, "/metadata/namespace") == "default";
  if (kind == "ClusterRole" || kind == "ClusterRoleBinding")
    return name == "local-path" || name.starts_with("system:") || name.starts_with("kubeadm:") ||
           !text_at(object, "/metadata/labels/kubernetes.io~1bootstrapping").empty();
  if (kind == "StorageClass") return name == "standard";
  if (kind == "PriorityClass") return name.starts_with("system-");
  if (kind == "APIService")
    return !text_at(object, "/metadata/labels/kube-aggregator.kubernetes.io~1automanaged").empty();
  if (kind == "FlowSchema" || kind == "PriorityLevelConfiguration")
    return text_at(object, "/metadata/annotations/apf.kubernetes.io~1autoupdate-spec") == "true";
  return false;
}

void erase(Json& object, const char* parent, std::initializer_list<const char*> members) {
  const Json::json_pointer where(parent);
  if (!object.contains(where) || !object.at(where).is_object()) return;
  for (const auto* member : members) object.at(where).erase(member);
}

}  // namespace

bool belongs_in_backup(const Json& object) {
  const auto kind = text_at(object, "/kind"), name = text_at(object, "/metadata/name");
  if (tells_of_this_cluster(kind) || is_of_node_image(text_at(object, "/metadata/namespace"))) return false;
  if (kind == "PersistentVolumeClaim") return true;
  if (kind == "PersistentVolume")  // one that was provisioned is made again for its claim
    return text_at(object, "/metadata/annotations/pv.kubernetes.io~1provisioned-by").empty();
  if (kind == "Secret" && text_at(object, "/type") == "kubernetes.io/service-account-token") return false;
  return !is_controlled(object) && !is_built_in(object, kind, name);
}

Json cleaned(Json object) {
  const auto kind = text_at(object, "/kind");
  object.erase("status");
  erase(object, "/metadata",
        {"resourceVersion", "uid", "managedFields", "creationTimestamp", "generation", "selfLink", "ownerReferences",
         "deletionTimestamp", "deletionGracePeriodSeconds"});
  if (kind == "Namespace") erase(object, "/spec", {"finalizers"});
  if (kind == "Pod") erase(object, "/spec", {"nodeName"});
  if (kind == "PersistentVolume") erase(object, "/spec/claimRef", {"uid", "resourceVersion"});
  if (kind == "Service" && text_at(object, "/spec/clusterIP") != "None")  // "None" was chosen, an address was given
    erase(object, "/spec", {"clusterIP", "clusterIPs"});
  if (kind == "PersistentVolumeClaim") {
    erase(object, "/spec", {"volumeName"});
    erase(object, "/metadata/annotations",
          {"pv.kubernetes.io/bind-completed", "pv.kubernetes.io/bound-by-controller",
           "volume.kubernetes.io/selected-node", "volume.kubernetes.io/storage-provisioner",
           "volume.beta.kubernetes.io/storage-provisioner"});
  }
  if (kind == "Job" && !(object.contains("spec") && object["spec"].value("manualSelector", false))) {
    erase(object, "/spec", {"selector"});  // it names the uid of this very job, as do the labels
    for (const auto* labels : {"/metadata/labels", "/spec/template/metadata/labels"})
      erase(object, labels, {"controller-uid", "batch.kubernetes.io/controller-uid"});
  }
  return object;
}

Stage stage_of(const Json& object) {
  static const Names storage{"StorageClass", "PersistentVolume", "PersistentVolumeClaim"};
  static const Names configuration{"ConfigMap",   "Secret",      "ServiceAccount",     "Role",
                                   "RoleBinding", "ClusterRole", "ClusterRoleBinding", "PriorityClass"};
  static const Names workloads{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod"};
  const auto kind = text_at(object, "/kind");
  if (kind == "CustomResourceDefinition") return Stage::definitions;
  if (kind == "Namespace") return Stage::namespaces;
  if (storage.contains(kind)) return Stage::storage;
  if (configuration.contains(kind)) return Stage::configuration;
  if (kind == "Service" && text_at(object, "/apiVersion") == "v1") return Stage::services;
  if (workloads.contains(kind)) return Stage::workloads;
  if (kind.ends_with("WebhookConfiguration")) return Stage::webhooks;
  return Stage::rest;
}

}  // namespace gf::backup
