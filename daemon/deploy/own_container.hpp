#pragma once
#include <functional>
#include <string>
#include <vector>

#include "protocol/json.hpp"

namespace gf::deploy {

/// Calls `change` with each container that is called `name` in the pods of `objects`, and the spec that it stands in.
/// Returns whether there was one.
bool change_containers(std::vector<Json>& objects, const std::string& name,
                       const std::function<void(Json& container, Json& spec)>& change);

/// Mounts `folder` of the node, which must be there, read-only at `place`; the volume is called `name`.
void mount_folder(Json& container, Json& spec, const std::string& name, const std::string& folder,
                  const std::string& place);

}  // namespace gf::deploy
