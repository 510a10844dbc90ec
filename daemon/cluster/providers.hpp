#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cluster/provider.hpp"
#include "cluster/providers/kind_config.hpp"
#include "container/engine.hpp"
#include "system/process_runner.hpp"

namespace gf::cluster {

/// The table of providers: a new one is a file in providers/ and a row in providers.cpp.
using ProviderTable = std::map<std::string, std::unique_ptr<Provider>>;

ProviderTable make_providers(container::Engine& engine, ProcessRunner& processes, HostFacts host, std::string scratch);
std::vector<std::string> provider_names();

}  // namespace gf::cluster
