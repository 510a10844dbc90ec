#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "addon/addon_spec.hpp"
#include "container/engine.hpp"
#include "core/clock.hpp"
#include "kube/kube_api.hpp"

namespace gf::addon {

/// The room on the file system that one of an addon's volumes lies on. Local volumes have no size of their own: what
/// one takes, all on that node lack.
struct VolumeUsage {
  std::string claim, node;
  std::uint64_t free_bytes = 0, size_bytes = 0;

  /// Less is left than a segment of PostgreSQL's write-ahead log (16 MiB), the most that a server here asks for at
  /// once.
  bool full() const { return free_bytes < (16U << 20); }
};

/// Where a volume lies.
struct VolumePlace {
  std::string claim, node, path;
};

/// Pure: the places of those of `volumes` that are claimed in `space` under one of `claims`.
std::vector<VolumePlace> places_of(const std::vector<Json>& volumes, const std::string& space,
                                   const std::vector<std::string>& claims);

/// Pure: what `df -Pk PATH...` said about `places`, in that order. What it said nothing of is left out.
std::vector<VolumeUsage> read_df(const std::string& output, const std::vector<VolumePlace>& places);

/// Asks the nodes. Volumes of nodes that do not answer within three seconds are left out.
Task<std::vector<VolumeUsage>> measure_volumes(kube::KubeApi& kube, container::Engine& engine, Clock& clock,
                                               const AddonSpec& spec);

}  // namespace gf::addon
