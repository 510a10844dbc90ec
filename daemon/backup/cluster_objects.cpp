#include "backup/cluster_objects.hpp"

#include <algorithm>
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

/// "apps/Deployment", "Pod": another group may have a kind of the same name.
std::string qualified_kind(const Json& object) {
  const auto version = text_at(object, "/apiVersion");
  const auto slash = version.find('/');
  return (slash == std::string::npos ? std::string() : version.substr(0, slash + 1)) + text_at(object, "/kind");
}

bool tells_of_this_cluster(const std::string& kind) {
  static const Names kinds{"Event",
                           "events.k8s.io/Event",
                           "coordination.k8s.io/Lease",
                           "Endpoints",
                           "discovery.k8s.io/EndpointSlice",
                           "Node",
                           "networking.k8s.io/IPAddress",
                           "networking.k8s.io/ServiceCIDR",
                           "apps/ControllerRevision",
                           "certificates.k8s.io/CertificateSigningRequest",
                           "storage.k8s.io/CSINode",
                           "storage.k8s.io/CSIStorageCapacity",
                           "storage.k8s.io/VolumeAttachment"};
  return kinds.contains(kind);
}

/// Restored it would run once more.
bool has_ended(const Json& object, const std::string& kind) {
  if (kind == "Pod") {
    const auto phase = text_at(object, "/status/phase");
    return phase == "Succeeded" || phase == "Failed";
  }
  if (kind != "batch/Job") return false;
  for (const auto& condition : object.value("/status/conditions"_json_pointer, Json::array())) {
    const auto type = condition.value("type", "");
    if ((type == "Complete" || type == "Failed") && condition.value("status", "") == "True") return true;
  }
  return false;
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
  const bool in_default = text_at(object, "/metadata/namespace") == "default";
  if (kind == "Service") return name == "kubernetes" && in_default;
  // That of other namespaces is kept: a pod is refused as long as its account is not there.
  if (kind == "ServiceAccount") return name == "default" && in_default && !object.contains("imagePullSecrets");
  if (kind == "rbac.authorization.k8s.io/ClusterRole" || kind == "rbac.authorization.k8s.io/ClusterRoleBinding")
    return name == "local-path" || name == "kindnet" || name.starts_with("system:") || name.starts_with("kubeadm:") ||
           !text_at(object, "/metadata/labels/kubernetes.io~1bootstrapping").empty();
  if (kind == "storage.k8s.io/StorageClass") return name == "standard";
  if (kind == "scheduling.k8s.io/PriorityClass") return name.starts_with("system-");
  if (kind == "apiregistration.k8s.io/APIService")
    return !text_at(object, "/metadata/labels/kube-aggregator.kubernetes.io~1automanaged").empty();
  if (kind == "flowcontrol.apiserver.k8s.io/FlowSchema" ||
      kind == "flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration")
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
  const auto kind = qualified_kind(object), name = text_at(object, "/metadata/name");
  if (!text_at(object, "/metadata/deletionTimestamp").empty()) return false;
  if (tells_of_this_cluster(kind) || is_of_node_image(text_at(object, "/metadata/namespace"))) return false;
  if (kind == "PersistentVolumeClaim") return true;
  if (kind == "PersistentVolume")  // one that was provisioned is made again for its claim
    return text_at(object, "/metadata/annotations/pv.kubernetes.io~1provisioned-by").empty();
  if (kind == "Secret" && text_at(object, "/type") == "kubernetes.io/service-account-token") return false;
  return !is_controlled(object) && !has_ended(object, kind) && !is_built_in(object, kind, name);
}

bool is_own(const Json& object) {
  return text_at(object, "/metadata/labels/app.kubernetes.io~1managed-by") == "greenfield";
}

std::string name_of(const Json& object) {
  const auto space = text_at(object, "/metadata/namespace");
  return text_at(object, "/kind") + ' ' + (space.empty() ? "" : space + '/') + text_at(object, "/metadata/name");
}

bool holds(const Json& object, const Json& wanted) {
  if (wanted.is_object()) {
    if (!object.is_object()) return false;
    for (const auto& [key, value] : wanted.items())
      if (!object.contains(key) || !holds(object[key], value)) return false;
    return true;
  }
  if (!wanted.is_array()) return object == wanted;
  return object.is_array() && std::ranges::equal(object, wanted, holds);
}

Json cleaned(Json object) {
  const auto kind = qualified_kind(object);
  object.erase("status");
  erase(object, "/metadata",
        {"resourceVersion", "uid", "managedFields", "creationTimestamp", "generation", "selfLink", "ownerReferences",
         "deletionTimestamp", "deletionGracePeriodSeconds"});
  erase(object, "/metadata/annotations", {"deployment.kubernetes.io/revision"});
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
  if (kind == "batch/Job" && !(object.contains("spec") && object["spec"].value("manualSelector", false))) {
    erase(object, "/spec", {"selector"});  // it names the uid of this very job, as do the labels
    for (const auto* labels : {"/metadata/labels", "/spec/template/metadata/labels"})
      erase(object, labels, {"controller-uid", "batch.kubernetes.io/controller-uid"});
  }
  if (object.value("/metadata/annotations"_json_pointer, Json()) == Json::object())
    erase(object, "/metadata", {"annotations"});
  return object;
}

Stage stage_of(const Json& object) {
  static const Names configuration{"ConfigMap",
                                   "Secret",
                                   "ServiceAccount",
                                   "rbac.authorization.k8s.io/Role",
                                   "rbac.authorization.k8s.io/RoleBinding",
                                   "rbac.authorization.k8s.io/ClusterRole",
                                   "rbac.authorization.k8s.io/ClusterRoleBinding",
                                   "scheduling.k8s.io/PriorityClass"};
  static const Names workloads{"apps/Deployment",
                               "apps/StatefulSet",
                               "apps/DaemonSet",
                               "apps/ReplicaSet",
                               "batch/Job",
                               "batch/CronJob",
                               "Pod",
                               "ReplicationController"};
  const auto kind = qualified_kind(object);
  if (kind == "apiextensions.k8s.io/CustomResourceDefinition") return Stage::definitions;
  if (kind == "Namespace") return Stage::namespaces;
  if (kind == "storage.k8s.io/StorageClass" || kind == "PersistentVolume") return Stage::storage;
  if (kind == "PersistentVolumeClaim") return Stage::claims;
  if (configuration.contains(kind)) return Stage::configuration;
  if (kind == "Service") return Stage::services;
  if (workloads.contains(kind)) return Stage::workloads;
  if (kind.starts_with("admissionregistration.k8s.io/")) return Stage::webhooks;
  return Stage::rest;
}

}  // namespace gf::backup
