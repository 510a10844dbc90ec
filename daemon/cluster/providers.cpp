#include "cluster/providers.hpp"

#include <algorithm>
#include <map>

#include "cluster/providers/kind.hpp"

namespace gf::cluster {

ProviderTable make_providers(container::Engine& engine, ProcessRunner& processes, HostFacts host, std::string scratch) {
  ProviderTable table;
  table["kind"] = std::make_unique<KindProvider>(engine, processes, host, scratch);
  return table;
}

std::vector<std::string> workload_nodes(const Observation& seen) {
  std::vector<std::string> workers, all;
  for (const auto& node : seen.nodes) {
    all.push_back(node.name);
    if (node.role == NodeRole::worker) workers.push_back(node.name);
  }
  return workers.empty() ? all : workers;
}

std::vector<std::string> mounted_checkouts(const Observation& seen) {
  const auto names = workload_nodes(seen);
  std::map<std::string, std::size_t> nodes_with;
  for (const auto& node : seen.nodes)
    if (std::ranges::find(names, node.name) != names.end())
      for (const auto& root : node.checkouts) ++nodes_with[root];
  std::vector<std::string> everywhere;
  for (const auto& [root, count] : nodes_with)
    if (count == names.size()) everywhere.push_back(root);
  return everywhere;
}

std::vector<std::string> provider_names() { return {"kind"}; }

}  // namespace gf::cluster
