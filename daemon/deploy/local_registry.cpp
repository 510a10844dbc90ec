#include "deploy/local_registry.hpp"

#include <regex>

#include "kube/manifests.hpp"

namespace gf::deploy {

namespace {

constexpr const char* space = "kube-public";
constexpr const char* name = "local-registry-hosting";
constexpr const char* key = "localRegistryHosting.v1";

std::string place() { return std::string(key) + " of the ConfigMap " + space + '/' + name; }

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorCode::bad_config, "cannot read " + place() + ": " + why);
}

std::string text(const Json& hosting, const char* field) {
  const auto found = hosting.find(field);
  if (found == hosting.end() || found->is_null()) return {};
  if (!found->is_string()) refuse(std::string("'") + field + "' is no text");
  return found->get<std::string>();
}

/// The engine takes what begins otherwise for a name at its own default registry.
void check_host(const std::string& host, const char* field) {
  static const std::regex shape("(localhost|[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+|[A-Za-z0-9-]+(?=:))(:[0-9]+)?");
  if (!std::regex_match(host, shape))
    refuse(std::string("'") + field + "' is '" + host + "': a host with its port belongs there, as localhost:5001");
}

std::optional<image::Registry> read(const std::string& yaml) {
  const auto documents = kube::read_documents(yaml, place());
  if (documents.empty()) return std::nullopt;
  const auto& hosting = documents.front();
  if (documents.size() > 1 || !hosting.is_object()) refuse("one map of fields belongs there");
  image::Registry registry{text(hosting, "host"), text(hosting, "hostFromContainerRuntime"), text(hosting, "help")};
  if (registry.host.empty()) {
    if (!registry.host_in_nodes.empty()) refuse("'hostFromContainerRuntime' stands there without 'host'");
    return std::nullopt;
  }
  check_host(registry.host, "host");
  if (registry.host_in_nodes.empty()) registry.host_in_nodes = registry.host;
  check_host(registry.host_in_nodes, "hostFromContainerRuntime");
  return registry;
}

}  // namespace

image::Wiring read_wiring(const Json* config_map) {
  image::Wiring wiring;
  if (!config_map) return wiring;
  const auto contents = config_map->find("data");
  if (contents == config_map->end() || !contents->is_object() || !contents->contains(key)) return wiring;
  try {
    wiring.registry = read(contents->at(key).get<std::string>());
  } catch (const Error& error) {
    wiring.refused = Error(error.code(), error.message(),
                           "mend it, or `kubectl -n kube-public delete configmap local-registry-hosting`: images then "
                           "go into the nodes without a registry");
  }
  return wiring;
}

image::Wiring wiring_in(const kube::Mirror& mirror) { return read_wiring(mirror.find("ConfigMap", space, name)); }

}  // namespace gf::deploy
