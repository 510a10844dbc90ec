#include "source/watches.hpp"

#include <cerrno>
#include <filesystem>

namespace gf::source {

bool Watches::add(const std::string& path, Kept what) {
  if (by_path_.contains(path)) return false;
  int error = 0;
  const int id = inotify_.add(path, error);  // that of a moved folder is the one that it had
  exhausted_ = exhausted_ || error == ENOSPC;
  if (id < 0) return false;
  by_path_[path] = id;
  watches_[id] = std::move(what);
  return true;
}

bool Watches::follow(const std::vector<std::string>& folders, std::set<std::string> git) {
  bool added = false;
  std::set<std::string> wanted;
  for (const auto& folder : folders) {
    const auto path = path_of(folder);
    wanted.insert(path);
    added |= add(path, {Place::tree, folder});
  }
  const auto above = std::filesystem::path(root_).parent_path().string();
  for (const auto& path : git) added |= add(path, {Place::git, {}});
  added |= add(above, {Place::above, {}});
  wanted.merge(git);
  wanted.insert(above);
  std::erase_if(by_path_, [&](const auto& entry) { return !wanted.contains(entry.first); });
  std::set<int> used;
  for (const auto& [path, id] : by_path_) used.insert(id);
  std::erase_if(watches_, [&](const auto& entry) {
    if (used.contains(entry.first)) return false;
    inotify_.remove(entry.first);
    return true;
  });
  return added;
}

std::optional<Watches::Watch> Watches::find(int id) const {
  const auto found = watches_.find(id);
  if (found == watches_.end()) return std::nullopt;
  const auto& [place, folder] = found->second;
  if (place != Place::tree) return Watch{place, folder, true};
  const auto here = by_path_.find(path_of(folder));
  return Watch{place, folder, here != by_path_.end() && here->second == id};
}

void Watches::lose(int id) {
  watches_.erase(id);
  std::erase_if(by_path_, [id](const auto& entry) { return entry.second == id; });
}

void Watches::doubt(const std::string& folder) {
  if (folder.empty()) return by_path_.clear();
  const auto path = path_of(folder);
  std::erase_if(by_path_,
                [&](const auto& entry) { return entry.first == path || entry.first.starts_with(path + '/'); });
}

void Watches::drop() {
  for (const auto& [id, what] : watches_) inotify_.remove(id);
  watches_.clear();
  by_path_.clear();
}

}  // namespace gf::source
