#include <algorithm>
#include <cstring>

#include "core/digest.hpp"
#include "source/checkout.hpp"

namespace gf::source {

namespace {

std::array<std::uint64_t, 4> lanes_of(const TreeFile& file) {
  std::string text = file.path;
  text += '\0';
  text += file.link ? "link" : std::to_string(file.mode);
  text += '\0';
  text += file.digest;
  const auto hex = sha256_hex(text);
  std::array<std::uint64_t, 4> lanes{};
  for (std::size_t i = 0; i < lanes.size(); ++i) lanes[i] = std::stoull(hex.substr(i * 16, 16), nullptr, 16);
  return lanes;
}

bool same(const TreeFile& a, const TreeFile& b) { return a.digest == b.digest && a.link == b.link && a.mode == b.mode; }

}  // namespace

void TreeSum::add(const TreeFile& file) {
  const auto lanes = lanes_of(file);
  for (std::size_t i = 0; i < lanes.size(); ++i) lanes_[i] += lanes[i];
}

void TreeSum::remove(const TreeFile& file) {
  const auto lanes = lanes_of(file);
  for (std::size_t i = 0; i < lanes.size(); ++i) lanes_[i] -= lanes[i];
}

std::string TreeSum::hex() const {
  std::string text;
  char lane[17];
  for (const auto value : lanes_) {
    std::snprintf(lane, sizeof lane, "%016llx", static_cast<unsigned long long>(value));
    text += lane;
  }
  return text;
}

const TreeFile* Tree::find(const std::string& path) const {
  const auto found = std::ranges::lower_bound(files, path, {}, &TreeFile::path);
  return found != files.end() && found->path == path ? &*found : nullptr;
}

Tree subtree(const Tree& tree, const std::string& folder) {
  if (folder.empty()) return tree;
  Tree part;
  const auto prefix = folder + '/';
  for (auto file = std::ranges::lower_bound(tree.files, prefix, {}, &TreeFile::path);
       file != tree.files.end() && file->path.starts_with(prefix); ++file) {
    part.files.push_back(*file);
    part.files.back().path.erase(0, prefix.size());
    part.sum.add(part.files.back());
  }
  return part;
}

Change difference(const Tree& before, const Tree& after) {
  Change change;
  auto old = before.files.begin();
  for (const auto& file : after.files) {
    for (; old != before.files.end() && old->path < file.path; ++old) change.removed.push_back(old->path);
    if (old == before.files.end() || old->path != file.path)
      change.added.push_back(file.path);
    else if (!same(*old++, file))
      change.modified.push_back(file.path);
  }
  for (; old != before.files.end(); ++old) change.removed.push_back(old->path);
  return change;
}

}  // namespace gf::source
