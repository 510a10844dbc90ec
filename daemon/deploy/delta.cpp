#include "deploy/delta.hpp"

#include <algorithm>

#include "core/digest.hpp"

namespace gf::deploy {

namespace {

/// So many files are read on the io thread: fewer microseconds than a trip to the pool and back.
constexpr std::size_t inline_files = 4;
constexpr std::uint64_t inline_bytes = 256 << 10;

using Files = std::vector<source::TreeFile>;

/// Whether a folder above `path` is one of those that `holds` says yes to.
template <class Holds>
bool any_above(const std::string& path, Holds holds) {
  for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1))
    if (holds(path.substr(0, slash))) return true;
  return false;
}

Delta read_delta(std::string root, SyncRule rule, source::Tree now, std::set<std::string> gone, Files wanted) {
  Delta delta;
  delta.target = rule.to;
  delta.deletes = deletes_of(now, gone);
  for (const auto& path : gone) delta.touched.push_back(path_in_checkout(rule, path));
  for (const auto& file : wanted) {
    const auto path = path_in_checkout(rule, file.path);
    delta.touched.push_back(path);
    auto contents = source::read_file(root, path);
    const bool settled = contents && sha256_hex(*contents) == file.digest;
    if (!settled) delta.unsettled.push_back(path);
    if (!contents || (file.link && !settled)) continue;  // what is a file now makes no link
    node::FileWrite write;
    write.file = {file.path, file.mode, file.link, file.digest};
    write.contents = std::move(contents);
    delta.writes.push_back(std::move(write));
  }
  return delta;
}

/// `now` are the rule's files, of which `wanted` are to be written; `gone` are paths that are to be deleted.
Task<Delta> make_delta(WorkerPool& workers, std::string root, SyncRule rule, source::Tree now,
                       std::set<std::string> gone, Files wanted) {
  std::uint64_t bytes = 0;
  for (const auto& file : wanted) bytes += file.size;
  if (wanted.size() <= inline_files && bytes <= inline_bytes)
    co_return read_delta(std::move(root), std::move(rule), std::move(now), std::move(gone), std::move(wanted));
  auto reading = offload(workers, read_delta, std::move(root), std::move(rule), std::move(now), std::move(gone),
                         std::move(wanted));
  co_return co_await std::move(reading);
}

}  // namespace

std::string path_in_checkout(const SyncRule& rule, const std::string& path) {
  return rule.from.empty() ? path : rule.from + '/' + path;
}

std::set<std::string> gone_of(const SyncRule& rule, const source::Tree& wanted, const std::vector<std::string>& held) {
  std::set<std::string> gone;
  for (const auto& path : held) {
    const auto inside = relative_to(rule.from, path);
    if (!inside.empty() && !wanted.find(path)) gone.insert(inside);
  }
  return gone;
}

std::vector<std::string> deletes_of(const source::Tree& now, const std::set<std::string>& gone) {
  std::vector<std::string> deletes;
  for (const auto& path : gone)
    if (!any_above(path, [&](const std::string& folder) { return now.find(folder) != nullptr; }))
      deletes.push_back(path);
  return deletes;
}

source::Tree synced_files(const AppSpec& app, const SyncRule& rule, const source::Tree& tree) {
  auto files = source::subtree(tree, rule.from);
  // What rebuilds the image does not travel; neither does what Greenfield itself reads.
  std::erase_if(files.files,
                [&](const auto& file) { return route(app, path_in_checkout(rule, file.path), {}) != Route::sync; });
  return files;
}

Task<std::vector<Delta>> deltas_between(WorkerPool& workers, std::string root, AppSpec app,
                                        std::shared_ptr<const source::Tree> before,
                                        std::shared_ptr<const source::Tree> after, std::set<std::string> unsure) {
  std::vector<Delta> deltas;
  for (const auto& rule : app.sync) {
    auto now = synced_files(app, rule, *after);
    const auto change = source::difference(synced_files(app, rule, *before), now);
    std::set<std::string> gone(change.removed.begin(), change.removed.end());
    std::set<std::string> lacking(change.added.begin(), change.added.end());
    lacking.insert(change.modified.begin(), change.modified.end());
    for (const auto& path : unsure) {
      const auto inside = relative_to(rule.from, path);
      if (inside.empty()) continue;
      if (now.find(inside))
        lacking.insert(inside);
      else if (!after->find(path))
        gone.insert(inside);
    }
    if (gone.empty() && lacking.empty()) continue;
    Files wanted;
    for (const auto& path : lacking) wanted.push_back(*now.find(path));
    auto making = make_delta(workers, root, rule, std::move(now), std::move(gone), std::move(wanted));
    auto delta = co_await std::move(making);
    deltas.push_back(std::move(delta));
  }
  co_return deltas;
}

Task<std::vector<Delta>> deltas_of_container(WorkerPool& workers, node::Link& link, std::string container_id,
                                             std::string root, AppSpec app, std::shared_ptr<const source::Tree> wanted,
                                             std::vector<std::string> held) {
  std::vector<Delta> deltas;
  for (const auto& rule : app.sync) {
    auto now = synced_files(app, rule, *wanted);
    std::vector<node::FileState> states;
    for (const auto& file : now.files) states.push_back({file.path, file.mode, file.link, file.digest});
    auto comparing = link.compare(container_id, rule.to, std::move(states));
    const auto differing = co_await std::move(comparing);
    auto gone = gone_of(rule, *wanted, held);
    std::vector<bool> lacks(now.files.size());
    for (const auto index : differing) lacks.at(index) = true;
    Files lacking;
    for (std::size_t i = 0; i < lacks.size(); ++i) {
      // What seemed to be there lies behind a link that goes.
      const bool goes = any_above(now.files[i].path, [&](const std::string& folder) { return gone.contains(folder); });
      if (lacks[i] || goes) lacking.push_back(now.files[i]);
    }
    auto making = make_delta(workers, root, rule, std::move(now), std::move(gone), std::move(lacking));
    auto delta = co_await std::move(making);
    deltas.push_back(std::move(delta));
  }
  co_return deltas;
}

}  // namespace gf::deploy
