#pragma once
#include "image/registry.hpp"
#include "kube/mirror.hpp"

namespace gf::deploy {

/// Pure: what the ConfigMap says by which a cluster names a local registry (KEP-1755):
/// kube-public/local-registry-hosting. Without it (nullptr), without its key localRegistryHosting.v1 or without a host
/// there is none.
image::Wiring read_wiring(const Json* config_map);
/// As the cluster says it now: nothing before it is known what is in it.
image::Wiring wiring_in(const kube::Mirror& mirror);

}  // namespace gf::deploy
