#pragma once
#include <string>
#include <vector>

namespace gf::deploy {

/// Pure: whether a '/'-separated path matches a glob: `*` and `?` stay within a segment, `**` spans any number of them.
/// A glob also matches everything below a folder that it matches.
bool glob_matches(const std::string& glob, const std::string& path);

/// Pure: the rules of a .dockerignore text: the last one that matches decides, `!` takes back.
bool is_docker_ignored(const std::vector<std::string>& rules, const std::string& path);
std::vector<std::string> read_docker_ignore(const std::string& text);

}  // namespace gf::deploy
