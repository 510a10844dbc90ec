#pragma once
#include <optional>
#include <string>
#include <vector>

#include "addon/addon_spec.hpp"
#include "protocol/json.hpp"

namespace gf::addon {

/// What the cluster shows of an addon.
struct Evidence {
  std::vector<Json> workloads;  ///< those of AddonSpec::ready that exist
  std::vector<Json> pods, volume_claims, events;
  std::vector<std::string> log;  ///< the last lines of the suspect's container
};

/// Who holds an addon up: whose log tells why.
struct Suspect {
  std::string workload;  ///< "StatefulSet postgres"
  std::string pod, container;
  bool previous = false;  ///< of the instance before the last restart
};

/// Why an addon is not ready, for one screen.
struct Diagnosis {
  std::string object;  ///< "StatefulSet postgres > pod postgres-0 > container postgres"
  std::string reason;
  std::vector<std::string> events, log;  ///< the last ones, oldest first
  std::string next;                      ///< what to try
};

/// Pure: the first workload that is not ready, the worst of its pods, and in that the container in trouble.
/// nullopt when all are ready.
std::optional<Suspect> find_suspect(const AddonSpec& spec, const Evidence& seen);

/// Pure: what holds `suspect` up and what to try.
Diagnosis diagnose(const AddonSpec& spec, const Suspect& suspect, const Evidence& seen);

}  // namespace gf::addon
