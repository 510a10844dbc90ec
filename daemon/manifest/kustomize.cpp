#include "manifest/kustomize.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "core/digest.hpp"
#include "kube/manifests.hpp"
#include "protocol/error.hpp"

namespace gf::manifest {

std::string content_key(const std::filesystem::path& top) {
  std::vector<std::filesystem::path> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(top, error))
    if (entry.is_regular_file(error)) paths.push_back(entry.path());
  std::ranges::sort(paths);
  Sha256 sum;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    const std::string contents{std::istreambuf_iterator<char>(file), {}};
    sum.update(path.lexically_relative(top).string() + '\0' + std::to_string(contents.size()) + '\0');
    sum.update(contents);
  }
  return sum.hex();
}

Kustomize::Kustomize(ProcessRunner& processes, FileSystem& files, WorkerPool& workers, std::filesystem::path cache)
    : processes_(processes), files_(files), workers_(workers), cache_(std::move(cache)) {}

Task<std::vector<Json>> Kustomize::render(std::filesystem::path folder, std::filesystem::path top) {
  auto hashing = offload(workers_, content_key, top);
  const auto key = co_await std::move(hashing);
  const auto place = cache_ / (sha256_hex(folder.lexically_relative(top).string() + key) + ".yaml");
  auto text = files_.read(place);
  if (!text) {
    ProcessSpec spec;
    spec.program = "kubectl";
    spec.arguments = {"kustomize", folder.string()};
    auto running = processes_.run(std::move(spec));
    const auto result = co_await std::move(running);
    if (result.exit_code != 0)
      throw Error(ErrorCode::bad_config, "cannot render the manifests in " + folder.string(),
                  "`kubectl kustomize " + folder.string() + "` shows the same", result.errors);
    text = result.output;
    files_.write_atomically(place, *text);
  }
  // Thousands of lines (the definitions of an addon) take long enough to hold up everything else.
  auto reading = offload(workers_, kube::read_documents, std::move(*text), "the manifests in " + folder.string());
  co_return co_await std::move(reading);
}

}  // namespace gf::manifest
