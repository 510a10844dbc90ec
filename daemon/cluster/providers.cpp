#include "cluster/providers.hpp"

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

std::vector<std::string> provider_names() { return {"kind"}; }

}  // namespace gf::cluster
