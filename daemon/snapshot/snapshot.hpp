#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "protocol/json.hpp"

namespace gf::snapshot {

/// Where an addon keeps what it keeps: a folder on a node.
struct Volume {
  std::string claim;  ///< the PersistentVolumeClaim
  std::string node, path;
};

/// What a snapshot holds of one addon.
struct Part {
  std::string addon, version;
  std::vector<Volume> volumes;  ///< the copies
  bool shared = false;          ///< the copies share their blocks with the originals: the file system can
  std::uint64_t bytes = 0;
  double frozen_seconds = 0;  ///< how long the addon stood still
};

/// The volumes of some addons at one instant, each addon at its own.
struct Snapshot {
  std::string name;
  std::string cluster;  ///< the identity of the cluster whose nodes hold it
  double created = 0;   ///< seconds since the epoch
  std::vector<Part> parts;
};

Json to_json(const Snapshot& snapshot);
/// Throws Json::exception for another shape.
Snapshot snapshot_from_json(const Json& value);

/// Pure. Throws Error(bad_request) for what is no name: a-z, 0-9 and '-', at most 40 characters.
void check_name(const std::string& name);

/// Pure: the folder and the node that a PersistentVolume stands for. Throws Error(addon_failed) for one of another
/// kind.
Volume place_of(const std::string& claim, const Json& volume);

/// Pure: the folder on a node that holds the copies of `name`.
std::string folder_of(const std::string& name, const std::string& addon);

/// Pure: the ids of the running containers of those of `pods` that use one of `claims`.
std::vector<std::string> containers_of(const std::vector<const Json*>& pods, const std::vector<Volume>& claims);

}  // namespace gf::snapshot
