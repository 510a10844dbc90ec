#pragma once
#include <cstdint>
#include <string>

#include "protocol/json.hpp"

namespace gf::backup {

/// One backup: what a project had in an addon at one time. Times are seconds since the epoch.
struct Backup {
  std::string id;  ///< when it began, UTC: "20261124T031500Z"; unique within project and addon
  std::string project, addon, version, profile, extension;
  std::uint64_t bytes = 0;
  std::string sha256;
  double began = 0, ended = 0;
  bool scheduled = false;  ///< made by the schedule, which therefore also removes it
};

Json to_json(const Backup& backup);
/// Throws Json::exception for another shape.
Backup backup_from_json(const Json& value);

/// Pure: the id of a backup that begins at `seconds`.
std::string id_of(double seconds);

}  // namespace gf::backup
