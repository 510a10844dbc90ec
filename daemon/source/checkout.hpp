#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace gf::source {

/// Where a work tree stands. Values only: libgit2 stays inside the room.
struct Head {
  std::string branch;  ///< empty when detached
  std::string commit;  ///< 40 hex digits, empty in a repository without commits
};

/// One file of a work tree: tracked, or untracked and not ignored. Never below a symbolic link.
struct TreeFile {
  std::string path;  ///< relative to the root, '/'-separated, any bytes but NUL
  unsigned mode = 0644;
  bool link = false;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::uint64_t inode = 0;
  std::string digest;  ///< sha256 hex of the contents (link: of its target)
};

/// The whole tree, sorted by path.
struct Tree {
  std::vector<TreeFile> files;
  /// Hash over (path, mode, kind, digest) of all files: names the exact state of the work tree, dirty files included.
  std::string digest;
};

/// Pure: the subset below `folder` ("" = all), paths made relative to it.
Tree subtree(const Tree& tree, const std::string& folder);

struct Change {
  std::vector<std::string> added, modified, removed;  ///< sorted; modes and kinds count as modifications
  bool empty() const { return added.empty() && modified.empty() && removed.empty(); }
};
/// Pure.
Change difference(const Tree& before, const Tree& after);

/// The functions below block: call them through offload().

/// The root of the work tree that `path` lies in. Throws Error(not_a_checkout).
std::string find_root(std::string path);
Head read_head(std::string root);
/// Reads the tree. Files whose size, mtime and inode stand in `known` keep that digest and are not read.
Tree read_tree(std::string root, std::shared_ptr<const Tree> known);
/// True while Git itself works: index.lock in the real git dir (worktrees included).
bool git_is_busy(const std::string& root);
/// The contents of one file (a link's target). nullopt when it vanished or is no regular file or link.
std::shared_ptr<const std::string> read_file(const std::string& root, const std::string& path);

}  // namespace gf::source
