#include "project/seed.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/digest.hpp"
#include "protocol/error.hpp"

namespace gf::project {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t most_bytes = 32 << 20;

[[noreturn]] void refuse(const std::string& path, const std::string& why, const std::string& hint = {}) {
  throw Error(ErrorCode::bad_config, "cannot use the seed file " + path + ": " + why, hint);
}

}  // namespace

std::vector<SeedFile> read_seed(std::string root, std::vector<std::string> paths) {
  std::vector<SeedFile> files;
  const auto top = fs::weakly_canonical(root);
  for (auto& path : paths) {
    std::error_code error;
    const auto place = fs::canonical(top / path, error);
    if (error) refuse(path, error.message(), "`seed` in greenfield.yaml names it");
    if (std::mismatch(top.begin(), top.end(), place.begin(), place.end()).first != top.end())
      refuse(path, "it leads out of the checkout");
    if (!fs::is_regular_file(place, error)) refuse(path, "it is no file");
    if (fs::file_size(place, error) > most_bytes) refuse(path, "it is larger than 32 MiB");
    std::ifstream file(place, std::ios::binary);
    if (!file.is_open()) refuse(path, "it cannot be read");
    files.push_back({std::move(path), std::string(std::istreambuf_iterator<char>(file), {})});
  }
  return files;
}

std::string seed_digest(const std::vector<SeedFile>& files) {
  std::string all;
  for (const auto& file : files) all += sha256_hex(file.text);
  return sha256_hex(all);
}

}  // namespace gf::project
