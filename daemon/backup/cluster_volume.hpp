#pragma once
#include <string>

#include "container/engine.hpp"
#include "protocol/json.hpp"

namespace gf::backup {

/// Pure: prints a text that differs as soon as a file in `folder` was written, made, removed or given to somebody else.
/// What was changed within the last second has a text of its own each time: another change could hide in that second.
container::ExecSpec state_script(const std::string& node, const std::string& folder);
/// Pure: prints `folder` as a tar.
container::ExecSpec archive_script(const std::string& node, const std::string& folder);
/// Pure: makes `folder` of the tar in its input, all of it or nothing.
container::ExecSpec unpack_script(const std::string& node, const std::string& folder);

/// Pure: the name of the volume that a restore of the backup `id` makes for a claim: the same each time.
std::string restored_name(const std::string& id, const std::string& space, const std::string& claim);

/// Pure: the folder of a volume of that name, beside the one that `volume` lay in.
std::string restored_folder(const Json& volume, const std::string& name);

/// Pure: `volume`, as it was saved, under another name in its restored_folder() on `node`, for the claim of the same
/// name as before.
Json restored_volume(Json volume, const std::string& name, const std::string& node);

}  // namespace gf::backup
