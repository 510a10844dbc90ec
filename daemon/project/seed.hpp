#pragma once
#include <string>
#include <vector>

namespace gf::project {

/// A file that an addon is filled with at the beginning.
struct SeedFile {
  std::string path;  ///< relative to the checkout
  std::string text;
};

/// Reads the files `paths` of the checkout `root`, in order. Throws Error(bad_config) naming one that is not there,
/// leads out of the checkout, or is too large. Blocks: offload it.
std::vector<SeedFile> read_seed(std::string root, std::vector<std::string> paths);

/// Pure: names what the files hold, and their order; not what they are called.
std::string seed_digest(const std::vector<SeedFile>& files);

}  // namespace gf::project
