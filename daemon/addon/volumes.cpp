#include "addon/volumes.hpp"

#include <algorithm>
#include <map>

#include "core/digest.hpp"
#include "protocol/error.hpp"

namespace gf::addon {

namespace {

constexpr const char* provisioner = "rancher.io/local-path";
constexpr const char* default_class = "storageclass.kubernetes.io/is-default-class";
constexpr auto known_pause = std::chrono::milliseconds(20);
constexpr int known_tries = 250;
constexpr const char* folder = "/var/local-path-provisioner";  // where the provisioner keeps its own, on each node

void add(const std::string& space, const std::string& name, const Json& spec, std::vector<VolumeClaim>& claims) {
  if (!spec.contains("storageClassName")) claims.push_back({space, name, spec});
}

bool is_for(const Json& volume, const VolumeClaim& claim) {
  const auto& reference = volume.at("spec").value("claimRef", Json::object());
  const auto phase = volume.value("status", Json::object()).value("phase", "");
  return reference.value("namespace", "") == claim.space && reference.value("name", "") == claim.name &&
         phase != "Released" && phase != "Failed";
}

}  // namespace

std::string node_of(const Json& volume) {
  const Json::json_pointer name("/spec/nodeAffinity/required/nodeSelectorTerms/0/matchExpressions/0/values/0");
  return volume.contains(name) ? volume.at(name).get<std::string>() : std::string();
}

std::vector<VolumeClaim> claims_of(const std::vector<Json>& objects) {
  std::vector<VolumeClaim> claims;
  for (const auto& object : objects) {
    const auto& metadata = object.at("metadata");
    const auto space = metadata.value("namespace", ""), name = metadata.value("name", "");
    if (object.value("kind", "") == "PersistentVolumeClaim") add(space, name, object.at("spec"), claims);
    if (object.value("kind", "") != "StatefulSet") continue;
    for (const auto& wanted : object.at("spec").value("volumeClaimTemplates", Json::array()))
      for (int i = 0; i < object.at("spec").value("replicas", 1); ++i)
        add(space, wanted.at("metadata").value("name", "") + '-' + name + '-' + std::to_string(i), wanted.at("spec"),
            claims);
  }
  return claims;
}

Json volume_for(const VolumeClaim& claim, const std::string& addon, const std::string& storage_class,
                const std::string& node, const std::string& path) {
  Json volume;
  volume["apiVersion"] = "v1";
  volume["kind"] = "PersistentVolume";
  volume["metadata"]["name"] = path.substr(path.rfind('/') + 1);
  volume["metadata"]["labels"]["app.kubernetes.io/managed-by"] = "greenfield";
  volume["metadata"]["labels"]["greenfield.dev/addon"] = addon;
  volume["metadata"]["annotations"]["pv.kubernetes.io/provisioned-by"] = provisioner;
  auto& spec = volume["spec"];
  spec["capacity"]["storage"] = claim.spec.at("resources").at("requests").at("storage");
  spec["accessModes"] = claim.spec.at("accessModes");
  spec["persistentVolumeReclaimPolicy"] = "Delete";
  spec["storageClassName"] = storage_class;
  spec["claimRef"]["apiVersion"] = "v1";
  spec["claimRef"]["kind"] = "PersistentVolumeClaim";
  spec["claimRef"]["namespace"] = claim.space;
  spec["claimRef"]["name"] = claim.name;
  spec["local"]["path"] = path;
  Json on_node;
  on_node["key"] = "kubernetes.io/hostname";
  on_node["operator"] = "In";
  on_node["values"] = Json::array({node});
  Json term;
  term["matchExpressions"] = Json::array({on_node});
  spec["nodeAffinity"]["required"]["nodeSelectorTerms"] = Json::array({term});
  return volume;
}

std::string node_for_next(const std::vector<std::string>& nodes, const std::vector<Json>& volumes, std::size_t turn) {
  std::map<std::string, int> held;
  for (const auto& volume : volumes) ++held[node_of(volume)];
  const std::string* best = nullptr;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto& node = nodes[(turn + i) % nodes.size()];
    if (!best || held[node] < held[*best]) best = &node;
  }
  return *best;
}

/// The default storage class when it is the provisioner's, else "".
Task<std::string> Volumes::local_path_class() {
  auto listing = kube_.list("storage.k8s.io/v1", "StorageClass", "", "");
  for (const auto& one : co_await std::move(listing))
    if (one.value("provisioner", "") == provisioner &&
        one.at("metadata").value("annotations", Json::object()).value(default_class, "") == "true")
      co_return one.at("metadata").value("name", "");
  co_return std::string();
}

Task<> Volumes::ensure(const AddonSpec& spec, const std::vector<Json>& objects) {
  const auto nodes = nodes_();
  const auto claims = claims_of(objects);
  if (nodes.empty() || claims.empty()) co_return;
  auto finding = local_path_class();
  const auto storage_class = co_await std::move(finding);
  if (storage_class.empty()) co_return;
  auto listing = kube_.list("v1", "PersistentVolume", "", "greenfield.dev/addon=" + spec.name);
  auto volumes = co_await std::move(listing);
  std::vector<std::string> created;
  for (const auto& claim : claims) {
    if (std::ranges::any_of(volumes, [&](const Json& volume) { return is_for(volume, claim); })) continue;
    auto getting = kube_.get("v1", "PersistentVolumeClaim", claim.space, claim.name);
    if (co_await std::move(getting)) continue;  // it gets its volume in another way
    const auto node = node_for_next(nodes, volumes, next_node_++);
    container::ExecSpec make;
    make.container = node;
    // A name of its own each time: the provisioner may still be removing the former one.
    const auto path = std::string(folder) + "/gf-" + claim.name + '-' + sha256_hex(random_alnum(16)).substr(0, 8);
    make.command = {"mkdir", "-p", "-m", "0777",
                    path};  // as the provisioner does: the pods' groups are set by Kubernetes
    auto making = engine_.exec(std::move(make), "");
    const auto result = co_await std::move(making);
    if (result.exit_code != 0)
      throw Error(ErrorCode::addon_failed, "cannot make a volume for " + spec.name + " on " + node, "gf doctor",
                  result.errors);
    volumes.push_back(volume_for(claim, spec.name, storage_class, node, path));
    auto creating = kube_.create(volumes.back());
    co_await std::move(creating);
    created.push_back(volumes.back()["metadata"]["name"].get<std::string>());
  }
  for (const auto& name : created) {
    auto waiting = wait_known(name);
    co_await std::move(waiting);
  }
}

Task<> Volumes::wait_known(std::string volume) {
  for (int i = 0; i < known_tries; ++i) {
    auto getting = kube_.get("v1", "PersistentVolume", "", volume);
    const auto seen = co_await std::move(getting);
    const auto phase = seen ? seen->value("status", Json::object()).value("phase", "") : std::string();
    if (!phase.empty() && phase != "Pending") co_return;
    auto sleeping = clock_.sleep_for(known_pause);
    co_await std::move(sleeping);
  }
}

}  // namespace gf::addon
