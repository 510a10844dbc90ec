#pragma once
#include <sys/types.h>

#include <string>

#include "agent/descriptor.hpp"

namespace gf::agent {

/// The folder in a container that is kept equal to a checkout. Every path is relative to it and cannot lead out of it.
/// All functions throw Failure with the path and the reason.
class TargetTree {
 public:
  /// Opens `target` (absolute) below the container's root; links are followed inside the container.
  /// When it is absent: made if `create`, else the tree is empty() and holds nothing.
  TargetTree(int root, std::string target, bool create);
  bool empty() const { return !folder_; }
  const std::string& target() const { return target_; }

  /// The folder in which `path` lies and the last part of `path`.
  struct Place {
    Descriptor folder;
    std::string name;
  };
  /// Without a folder when it does not exist in the target.
  Place find(const std::string& path) const;
  /// Makes missing folders; a file in the place of a folder gives way.
  Place make(const std::string& path);
  /// Moves `temporary`, a file or link in the folder of `place`, to its name at once. A folder of that name gives way,
  /// unless a volume is mounted in it.
  void put(const Place& place, const std::string& temporary, const std::string& path);
  /// Removes a file or link; absent is fine, and so is a folder (it came in its place).
  void remove(const std::string& path);
  /// Removes the folders above `path` that are empty, up to the target.
  void prune(const std::string& path);

  uid_t owner() const { return owner_; }
  gid_t group() const { return group_; }

 private:
  Descriptor open_folder(const std::string& path) const;
  void make_folder(const std::string& path);
  void own(int folder, const std::string& name) const;
  [[noreturn]] void fail(int error, const char* what, const std::string& path) const;

  std::string target_;
  Descriptor folder_;
  uid_t owner_ = 0;
  gid_t group_ = 0;
};

/// Refuses what is no path of a file below a folder: empty, absolute, with empty, "." or ".." parts, or with NUL.
/// Throws Failure(bad-request).
void check_path(const std::string& path);

}  // namespace gf::agent
