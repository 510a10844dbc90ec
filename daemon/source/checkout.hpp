#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace gf::source {

/// Where a work tree stands. Values only: libgit2 stays inside the room.
struct Head {
  std::string branch;  ///< empty when detached
  std::string commit;  ///< 40 hex digits, empty in a repository without commits
  bool dirty = false;  ///< tracked files differ from the commit, or untracked ones are there
  bool operator==(const Head&) const = default;
};

/// One file of a work tree: tracked, or untracked and neither ignored nor an editor's for a moment. Never below a
/// symbolic link.
struct TreeFile {
  std::string path;  ///< relative to the root, '/'-separated, any bytes but NUL
  unsigned mode = 0644;
  bool link = false;
  std::uint64_t size = 0;
  std::int64_t changed_ns = 0;  ///< the kernel's own time of the last change (ctime): nobody can set it back
  std::uint64_t inode = 0;
  std::string digest;  ///< sha256 hex of the contents (link: of its target)
};

/// A hash over the set of (path, mode, kind, digest) of all files that can be kept up to date file by file: the sum of
/// their SHA-256s in four lanes. It names states for people and caches; nobody who could forge it gains anything.
class TreeSum {
 public:
  void add(const TreeFile& file);
  void remove(const TreeFile& file);
  std::string hex() const;  ///< 64 digits

 private:
  std::array<std::uint64_t, 4> lanes_{};
};

/// The whole tree, sorted by path.
struct Tree {
  std::vector<TreeFile> files;
  std::vector<std::string> folders;  ///< those that are not ignored, the root ("") included
  TreeSum sum;
  std::string digest() const { return sum.hex(); }  ///< names the exact state of the work tree, dirty files included
  const TreeFile* find(const std::string& path) const;
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
/// What tells the work tree from others of its repository: the name of a linked one, else that of its folder.
std::string place_name(std::string root);
Head read_head(std::string root);
/// The same, but `dirty` is not looked for: at once, however large the tree.
Head read_place(std::string root);
/// Tree::folders alone: no file is looked at.
std::vector<std::string> read_folders(std::string root);
/// The local branches of its repository.
std::set<std::string> local_branches(std::string root);
/// Reads the tree. Files whose size, time of change and inode stand in `known` keep that digest and are not read.
Tree read_tree(std::string root, std::shared_ptr<const Tree> known);
/// The real git dir of a work tree, linked ones included.
std::string git_folder(const std::string& root);
/// The git dir where the branches are: for linked work trees that of the main one.
std::string common_git_folder(const std::string& root);
/// One file as it stands there now, its contents hashed; nullopt when it is no regular file or link.
std::optional<TreeFile> read_tree_file(const std::string& root, const std::string& path);
/// The contents of one file (a link's target). nullopt when it vanished or is no regular file or link.
std::shared_ptr<const std::string> read_file(const std::string& root, const std::string& path);

}  // namespace gf::source
