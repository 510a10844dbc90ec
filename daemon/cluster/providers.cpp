#include "cluster/providers.hpp"

#include "cluster/providers/kind.hpp"

namespace gf::cluster {

ProviderTable make_providers(container::Engine& engine, ProcessRunner& processes, HostFacts host, std::string scratch) {
  ProviderTable table;
  table["kind"] = std::make_unique<KindProvider>(engine, processes, host, scratch);
  return table;
}

std::vector<std::string> provider_names() { return {"kind"}; }

}  // namespace gf::cluster
