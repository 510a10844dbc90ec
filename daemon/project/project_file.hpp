#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "protocol/project.hpp"

namespace gf::project {

/// What the validation needs to know of the outside.
struct Vocabulary {
  std::vector<std::string> addons;                                       ///< names in the catalogue
  std::vector<std::string> providers;                                    ///< kind, k3d, existing
  std::map<std::string, std::map<std::string, std::string>> modes = {};  ///< addon → mode → the addon that it is then
  std::map<std::string, std::string> sleepless = {};                     ///< addon → why it never sleeps
  std::map<std::string, std::vector<std::string>> needs = {};            ///< addon → addons that it requires
};

/// Parses and validates the text of a greenfield.yaml. All problems are refused together in one Error(bad_config): one
/// line each in its cause, "greenfield.yaml:7:5: unknown key 'replcas'; did you mean 'replicas'?". `root` is the
/// checkout's absolute path. Unknown keys, wrong types and impossible values are problems. Blocks: offload it.
ProjectSpec parse(std::string text, std::string root, Vocabulary vocabulary);

/// Reads <root>/greenfield.yaml and parses it. Throws Error(bad_config) also when it is absent (hint: gf init).
ProjectSpec load(std::string root, Vocabulary vocabulary);

/// A commented greenfield.yaml for what stands in `root` (Dockerfile, its EXPOSE, requirements.txt, package.json,
/// go.mod …): for `gf init`. The text parses.
std::string propose(std::string root, Vocabulary vocabulary);

}  // namespace gf::project
