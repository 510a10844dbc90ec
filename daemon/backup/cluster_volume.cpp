#include "backup/cluster_volume.hpp"

#include "core/digest.hpp"

namespace gf::backup {

namespace {

constexpr std::size_t digest_length = 8;  // of the name: claims of two namespaces may have the same

// Times of change cannot be set back by anybody; a sync tells those of pages that a program has mapped.
constexpr const char* state = R"bash(cd "$1" || exit 1
sync -f .
{
  find . -newerct '1 second ago' -printf "$(date +%s%N) " -quit
  find . -printf '%y %m %U:%G %s %T@ %C@ %i %l %P\0' | LC_ALL=C sort -z
} | sha256sum | cut -c 1-64
)bash";

constexpr const char* unpack = R"bash(set -euo pipefail
to=$1
trap 'rm -rf "$to.new"' EXIT
rm -rf "$to.new"
mkdir -p -m 0777 "$to.new"
tar --extract --numeric-owner --preserve-permissions --directory="$to.new"
sync -f "$to.new"
rm -rf "$to"
mv "$to.new" "$to"
)bash";

container::ExecSpec in_node(const std::string& node, std::vector<std::string> command) {
  container::ExecSpec spec;
  spec.container = node;
  spec.command = std::move(command);
  return spec;
}

/// The member of a volume's spec that names a folder on a node.
const char* kind_of(const Json& volume) { return volume.at("spec").contains("local") ? "local" : "hostPath"; }

}  // namespace

container::ExecSpec state_script(const std::string& node, const std::string& folder) {
  return in_node(node, {"bash", "-c", state, "gf-backup", folder});
}

container::ExecSpec archive_script(const std::string& node, const std::string& folder) {
  auto spec =
      in_node(node, {"tar", "--create", "--format=posix", "--numeric-owner", "--sparse", "--directory", folder, "."});
  spec.input = true;
  return spec;
}

container::ExecSpec unpack_script(const std::string& node, const std::string& folder) {
  auto spec = in_node(node, {"bash", "-c", unpack, "gf-backup", folder});
  spec.input = true;
  return spec;
}

std::string restored_name(const std::string& id, const std::string& space, const std::string& claim) {
  return "gf-" + claim + '-' + sha256_hex(id + '/' + space + '/' + claim).substr(0, digest_length);
}

std::string restored_folder(const Json& volume, const std::string& name) {
  const auto former = volume.at("spec").at(kind_of(volume)).value("path", "");
  return former.substr(0, former.rfind('/') + 1) + name;
}

Json restored_volume(Json volume, const std::string& name, const std::string& node) {
  const auto folder = restored_folder(volume, name);
  volume["metadata"]["name"] = name;
  if (volume["metadata"].contains("annotations"))
    volume["metadata"]["annotations"].erase("pv.kubernetes.io/bound-by-controller");
  auto& spec = volume["spec"];
  spec[kind_of(volume)]["path"] = folder;
  spec["claimRef"] = {{"apiVersion", "v1"},
                      {"kind", "PersistentVolumeClaim"},
                      {"namespace", spec.at("claimRef").at("namespace")},
                      {"name", spec.at("claimRef").at("name")}};
  const Json on_node{{"key", "kubernetes.io/hostname"}, {"operator", "In"}, {"values", Json::array({node})}};
  Json term;
  term["matchExpressions"] = Json::array({on_node});
  spec["nodeAffinity"]["required"]["nodeSelectorTerms"] = Json::array({term});
  return volume;
}

}  // namespace gf::backup
