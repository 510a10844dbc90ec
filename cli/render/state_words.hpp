#pragma once
#include <string>

#include "protocol/json.hpp"

namespace gf::cli {

/// A state in its colour: green, red, or yellow for what is on its way.
std::string paint(const std::string& state, bool color);
/// What a checkout or a replica has, of an object with commit, dirty and tree: "eef27669+42a987", "-" when unknown.
std::string version_text(const Json& from);
/// "1 file", "2 files"
std::string count_text(std::uint64_t count, const std::string& noun);
/// The times of a save, which the members of `save` say in seconds: "seen 0.4 planned 1.1 sent 1.3 applied 9.8 ms".
std::string phases_text(const Json& save);

}  // namespace gf::cli
