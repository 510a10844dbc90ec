#include "manifest/transform.hpp"

#include <algorithm>
#include <set>

#include "core/digest.hpp"

namespace gf::manifest {

namespace {

int rank(const Json& object) {
  static const std::map<std::string, int> ranks = {{"Namespace", 0},
                                                   {"CustomResourceDefinition", 1},
                                                   {"PriorityClass", 2},
                                                   {"ServiceAccount", 2},
                                                   {"ClusterRole", 2},
                                                   {"Role", 2},
                                                   {"ClusterRoleBinding", 3},
                                                   {"RoleBinding", 3},
                                                   {"Secret", 4},
                                                   {"ConfigMap", 4},
                                                   {"Service", 5},
                                                   // before what they look at: a webhook of before may lead nowhere
                                                   {"MutatingWebhookConfiguration", 5},
                                                   {"ValidatingWebhookConfiguration", 5},
                                                   {"Deployment", 7},
                                                   {"StatefulSet", 7},
                                                   {"DaemonSet", 7},
                                                   {"Job", 7},
                                                   {"CronJob", 7},
                                                   {"Pod", 7}};
  const auto found = ranks.find(object.value("kind", ""));
  return found == ranks.end() ? 6 : found->second;
}

bool is_cluster_wide(const std::string& kind) {
  static const std::set<std::string> kinds = {"Namespace",
                                              "CustomResourceDefinition",
                                              "ClusterRole",
                                              "ClusterRoleBinding",
                                              "PriorityClass",
                                              "StorageClass",
                                              "PersistentVolume",
                                              "APIService",
                                              "MutatingWebhookConfiguration",
                                              "ValidatingWebhookConfiguration",
                                              "ValidatingAdmissionPolicy",
                                              "ValidatingAdmissionPolicyBinding",
                                              "IngressClass",
                                              "RuntimeClass"};
  return kinds.contains(kind);
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

std::string without_tag(const std::string& reference) {
  const auto slash = reference.rfind('/');
  const auto colon = reference.find(':', slash == std::string::npos ? 0 : slash);
  return reference.substr(0, std::min(colon, reference.find('@')));
}

}  // namespace

Json* pod_template(Json& object) {
  const auto kind = object.value("kind", "");
  if (kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet" || kind == "Job")
    return &object["spec"]["template"];
  if (kind == "CronJob") return &object["spec"]["jobTemplate"]["spec"]["template"];
  return kind == "Pod" ? &object : nullptr;
}

void add_labels(Json& object, const std::map<std::string, std::string>& labels) {
  auto* pods = pod_template(object);
  for (const auto& [label, value] : labels) {
    object["metadata"]["labels"][label] = value;
    if (pods && pods != &object) (*pods)["metadata"]["labels"][label] = value;
  }
}

void mark_template(Json& object) {
  auto* pods = pod_template(object);
  if (!pods || pods == &object) return;
  auto& annotations = (*pods)["metadata"]["annotations"];
  if (annotations.is_object())
    annotations.erase(template_annotation);
  else
    annotations = Json::object();
  annotations[template_annotation] = sha256_hex(dump(*pods)).substr(0, 16);
}

bool is_current(const Json& workload, const Json& pod) {
  auto mark = [](const Json& metadata) {
    return metadata.value("annotations", Json::object()).value(template_annotation, "");
  };
  return mark(workload.at("spec").at("template").value("metadata", Json::object())) == mark(pod.at("metadata"));
}

void set_images(Json& object, const std::map<std::string, std::string>& images) {
  const auto annotations = object["metadata"].value("annotations", Json::object());
  if (object.value("kind", "") == "ConfigMap" && annotations.contains(names_images_annotation))
    for (auto& text : object["data"])
      for (const auto& [name, reference] : images)
        text = replaced(text.get<std::string>(), '"' + name + '"', '"' + reference + '"');
  auto* pods = pod_template(object);
  if (!pods) return;
  auto& spec = (*pods)["spec"];
  for (const char* list : {"initContainers", "containers"}) {
    if (!spec.contains(list)) continue;
    for (auto& container : spec[list])
      if (const auto found = images.find(without_tag(container.value("image", ""))); found != images.end())
        container["image"] = found->second;
  }
}

void set_namespace(Json& object, const std::string& space) {
  if (is_cluster_wide(object.value("kind", ""))) return;
  auto& metadata = object["metadata"];
  if (!metadata.contains("namespace")) metadata["namespace"] = space;
}

void sort_for_apply(std::vector<Json>& objects) { std::ranges::stable_sort(objects, {}, rank); }

}  // namespace gf::manifest
