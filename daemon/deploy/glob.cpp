#include "deploy/glob.hpp"

#include <fnmatch.h>

#include <sstream>

namespace gf::deploy {

namespace {

using Segments = std::vector<std::string>;

Segments split(const std::string& path) {
  Segments segments;
  std::istringstream text(path);
  for (std::string segment; std::getline(text, segment, '/');)
    if (!segment.empty() && segment != ".") segments.push_back(segment);
  return segments;
}

bool matches(const Segments& glob, std::size_t g, const Segments& path, std::size_t p) {
  if (g == glob.size()) return true;  // what is left of the path lies below
  if (glob[g] == "**") {
    for (std::size_t skip = p; skip <= path.size(); ++skip)
      if (matches(glob, g + 1, path, skip)) return true;
    return false;
  }
  return p < path.size() && ::fnmatch(glob[g].c_str(), path[p].c_str(), 0) == 0 && matches(glob, g + 1, path, p + 1);
}

}  // namespace

bool glob_matches(const std::string& glob, const std::string& path) {
  const auto parts = split(glob);
  return !parts.empty() && matches(parts, 0, split(path), 0);
}

std::vector<std::string> read_docker_ignore(const std::string& text) {
  std::vector<std::string> rules;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    line.erase(line.find_last_not_of(" \t\r") + 1);
    if (!line.empty() && line[0] != '#') rules.push_back(line);
  }
  return rules;
}

bool is_docker_ignored(const std::vector<std::string>& rules, const std::string& path) {
  bool ignored = false;
  for (const auto& rule : rules) {
    const bool back = rule.starts_with('!');
    if (glob_matches(back ? rule.substr(1) : rule, path)) ignored = !back;
  }
  return ignored;
}

}  // namespace gf::deploy
