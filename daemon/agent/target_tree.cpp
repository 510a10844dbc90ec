#include "agent/target_tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>

#include "agent/beneath.hpp"
#include "agent/failure.hpp"

namespace gf::agent {

namespace {

constexpr int folder_flags = O_PATH | O_DIRECTORY;

std::string above(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

std::string last(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// Removes a folder and all in it, but never what another file system holds (a volume mounted below): errno EBUSY.
bool remove_all(int parent, const char* name) {
  struct stat outer, inner;
  const int opened = ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (opened < 0) return false;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::fdopendir(opened), &::closedir);
  if (!folder || ::fstat(parent, &outer) != 0 || ::fstat(opened, &inner) != 0) return false;
  if (outer.st_dev != inner.st_dev) {
    errno = EBUSY;
    return false;
  }
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view child = entry->d_name;
    if (child == "." || child == ".." || ::unlinkat(opened, entry->d_name, 0) == 0) continue;
    if (errno != EISDIR || !remove_all(opened, entry->d_name)) return false;
  }
  return ::unlinkat(parent, name, AT_REMOVEDIR) == 0;
}

}  // namespace

void check_path(const std::string& path) {
  bool bad = path.empty() || path.find('\0') != std::string::npos;
  for (std::size_t begin = 0; !bad && begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    const auto part = std::string_view(path).substr(begin, end - begin);
    bad = part.empty() || part == "." || part == "..";
    begin = end + 1;
  }
  if (bad) throw Failure{"bad-request", "cannot sync " + shown(path) + ": it is no path below the target", ""};
}

TargetTree::TargetTree(int root, std::string target, bool create) : target_(std::move(target)) {
  if (target_.empty() || target_[0] != '/')
    throw Failure{"bad-request", "cannot sync to " + shown(target_) + ": the target must be absolute", ""};
  folder_ = open_beneath(root, target_, folder_flags, Bounds::root);
  if (!folder_ && errno == ENOENT && create) {
    // Each missing level gets the owner of the one above it.
    for (std::size_t end = 1; end != std::string::npos;) {
      end = target_.find('/', end + 1);
      const auto level = target_.substr(0, end);
      Descriptor found = open_beneath(root, level, folder_flags, Bounds::root);
      if (found || last(level).empty()) continue;
      const auto parent = open_beneath(root, above(level), folder_flags, Bounds::root);
      struct stat status;
      if (!parent || ::fstat(parent.get(), &status) != 0 || ::mkdirat(parent.get(), last(level).c_str(), 0755) != 0 ||
          ::fchownat(parent.get(), last(level).c_str(), status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) != 0)
        fail(errno, "make the folder", "");
    }
    folder_ = open_beneath(root, target_, folder_flags, Bounds::root);
  }
  if (!folder_) {
    if (errno == ENOENT && !create) return;
    fail(errno, "open", "");
  }
  struct stat status;
  if (::fstat(folder_.get(), &status) != 0) fail(errno, "open", "");
  owner_ = status.st_uid;
  group_ = status.st_gid;
}

void TargetTree::fail(int error, const char* what, const std::string& path) const {
  throw file_failure(error, what, path, target_);
}

Descriptor TargetTree::open_folder(const std::string& path) const {
  return open_beneath(folder_.get(), path, folder_flags, Bounds::tree);
}

TargetTree::Place TargetTree::find(const std::string& path) const {
  check_path(path);
  Place place{open_folder(above(path)), last(path)};
  // ENOTDIR: a file lies where the folder would be. EXDEV, ELOOP: a link does that leads nowhere in the target; whoever
  // writes there is told.
  if (!place.folder && errno != ENOENT && errno != ENOTDIR && errno != EXDEV && errno != ELOOP)
    fail(errno, "read", path);
  return place;
}

void TargetTree::make_folder(const std::string& path) {
  if (path.empty() || open_folder(path)) return;
  if (errno != ENOENT && errno != ENOTDIR) fail(errno, "make the folder", path);
  make_folder(above(path));
  const auto parent = open_folder(above(path));
  const auto name = last(path);
  if (!parent) fail(errno, "make the folder", path);
  // A file, or a link that leads nowhere, is what an earlier state of the checkout left.
  if (::mkdirat(parent.get(), name.c_str(), 0755) != 0 &&
      (errno != EEXIST || ::unlinkat(parent.get(), name.c_str(), 0) != 0 ||
       ::mkdirat(parent.get(), name.c_str(), 0755) != 0))
    fail(errno, "make the folder", path);
  own(parent.get(), name);
}

void TargetTree::own(int folder, const std::string& name) const {
  if (::fchownat(folder, name.c_str(), owner_, group_, AT_SYMLINK_NOFOLLOW) != 0) fail(errno, "own", name);
}

TargetTree::Place TargetTree::make(const std::string& path) {
  check_path(path);
  make_folder(above(path));
  Place place{open_folder(above(path)), last(path)};
  if (!place.folder) fail(errno, "write", path);
  return place;
}

void TargetTree::put(const Place& place, const std::string& temporary, const std::string& path) {
  const int folder = place.folder.get();
  if (::renameat(folder, temporary.c_str(), folder, place.name.c_str()) == 0) return;
  const bool moved = errno == EISDIR && remove_all(folder, place.name.c_str()) &&
                     ::renameat(folder, temporary.c_str(), folder, place.name.c_str()) == 0;
  if (!moved) fail(errno, "write", path);
}

void TargetTree::remove(const std::string& path) {
  const auto place = find(path);
  if (!place.folder || ::unlinkat(place.folder.get(), place.name.c_str(), 0) == 0) return;
  if (errno != ENOENT && errno != EISDIR) fail(errno, "remove", path);
}

void TargetTree::prune(const std::string& path) {
  for (auto folder = above(path); !folder.empty(); folder = above(folder)) {
    const auto parent = open_folder(above(folder));
    const bool gone = parent && ::unlinkat(parent.get(), last(folder).c_str(), AT_REMOVEDIR) == 0;
    if (!gone && errno != ENOENT && errno != ENOTDIR) return;  // not empty, or not ours to judge
  }
}

}  // namespace gf::agent
