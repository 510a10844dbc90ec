#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/offload.hpp"
#include "protocol/json.hpp"
#include "system/file_system.hpp"
#include "system/process_runner.hpp"

namespace gf::manifest {

/// Renders kustomizations by `kubectl kustomize`; results are kept in the cache folder under a key of the contents, so
/// that an unchanged one spawns nothing.
class Kustomize {
 public:
  Kustomize(ProcessRunner& processes, FileSystem& files, WorkerPool& workers, std::filesystem::path cache);

  /// The objects of the kustomization in `folder`. `top` holds everything it may refer to (bases): the key is made of
  /// all files below it. Throws Error(bad_config) with kubectl's words.
  Task<std::vector<Json>> render(std::filesystem::path folder, std::filesystem::path top);

 private:
  ProcessRunner& processes_;
  FileSystem& files_;
  WorkerPool& workers_;
  std::filesystem::path cache_;
};

/// Blocks. A digest of the names and contents of all regular files below `top`.
std::string content_key(const std::filesystem::path& top);

}  // namespace gf::manifest
