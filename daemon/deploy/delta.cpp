#include "deploy/delta.hpp"

#include <algorithm>

namespace gf::deploy {

namespace {

/// So many files are read on the io thread: fewer microseconds than a trip to the pool and back.
constexpr std::size_t inline_files = 4;
constexpr std::uint64_t inline_bytes = 256 << 10;

std::string path_in_checkout(const SyncRule& rule, const std::string& path) {
  return rule.from.empty() ? path : rule.from + '/' + path;
}

using Files = std::vector<source::TreeFile>;

std::vector<node::FileWrite> read_files(std::string root, SyncRule rule, Files files) {
  std::vector<node::FileWrite> writes;
  for (const auto& file : files) {
    auto contents = source::read_file(root, path_in_checkout(rule, file.path));
    if (!contents) continue;
    node::FileWrite write;
    write.file = {file.path, file.mode, file.link, file.digest};
    write.contents = std::move(contents);
    writes.push_back(std::move(write));
  }
  return writes;
}

Task<std::vector<node::FileWrite>> read_some(WorkerPool& workers, std::string root, SyncRule rule, Files files) {
  std::uint64_t bytes = 0;
  for (const auto& file : files) bytes += file.size;
  if (files.size() <= inline_files && bytes <= inline_bytes)
    co_return read_files(std::move(root), std::move(rule), std::move(files));
  auto reading = offload(workers, read_files, std::move(root), std::move(rule), std::move(files));
  co_return co_await std::move(reading);
}

}  // namespace

source::Tree synced_files(const AppSpec& app, const SyncRule& rule, const source::Tree& tree) {
  auto files = source::subtree(tree, rule.from);
  // What rebuilds the image does not travel; neither does what Greenfield itself reads.
  std::erase_if(files.files,
                [&](const auto& file) { return route(app, path_in_checkout(rule, file.path), {}) != Route::sync; });
  return files;
}

Task<std::vector<Delta>> deltas_between(WorkerPool& workers, std::string root, AppSpec app,
                                        std::shared_ptr<const source::Tree> before,
                                        std::shared_ptr<const source::Tree> after) {
  std::vector<Delta> deltas;
  for (const auto& rule : app.sync) {
    const auto now = synced_files(app, rule, *after);
    const auto change = source::difference(synced_files(app, rule, *before), now);
    if (change.empty()) continue;
    Files wanted;
    for (const auto* list : {&change.added, &change.modified})
      for (const auto& path : *list) wanted.push_back(*now.find(path));
    auto reading = read_some(workers, root, rule, std::move(wanted));
    auto writes = co_await std::move(reading);
    deltas.push_back({rule.to, change.removed, std::move(writes)});
  }
  co_return deltas;
}

Task<std::vector<Delta>> deltas_of_container(WorkerPool& workers, node::Link& link, std::string container_id,
                                             std::string root, AppSpec app, std::shared_ptr<const source::Tree> wanted,
                                             std::vector<std::string> built) {
  std::vector<Delta> deltas;
  for (const auto& rule : app.sync) {
    const auto files = synced_files(app, rule, *wanted).files;
    std::vector<node::FileState> states;
    for (const auto& file : files) states.push_back({file.path, file.mode, file.link, file.digest});
    auto comparing = link.compare(container_id, rule.to, std::move(states));
    const auto differing = co_await std::move(comparing);
    Files lacking;
    for (const auto index : differing) lacking.push_back(files.at(index));
    Delta delta;
    delta.target = rule.to;
    for (const auto& path : built) {
      const auto inside = relative_to(rule.from, path);
      if (!inside.empty() && !wanted->find(path)) delta.deletes.push_back(inside);
    }
    auto reading = read_some(workers, root, rule, std::move(lacking));
    delta.writes = co_await std::move(reading);
    deltas.push_back(std::move(delta));
  }
  co_return deltas;
}

}  // namespace gf::deploy
