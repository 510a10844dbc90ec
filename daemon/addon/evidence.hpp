#pragma once
#include "addon/diagnosis.hpp"
#include "core/clock.hpp"
#include "kube/kube_api.hpp"
#include "kube/mirror.hpp"

namespace gf::addon {

/// Looks why an addon is not ready: asks the cluster for its events, volumes and last log lines. nullopt when it is
/// ready.
Task<std::optional<Diagnosis>> examine(kube::KubeApi& kube, kube::Mirror& mirror, Clock& clock, const AddonSpec& spec);

}  // namespace gf::addon
