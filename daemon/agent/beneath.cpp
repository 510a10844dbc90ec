#include "agent/beneath.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstdint>
#include <string_view>

namespace gf::agent {

Descriptor walk_beneath(int folder, const std::string& path, int flags) {
  Descriptor here(::openat(folder, ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  std::string_view left = path;
  while (!left.empty() && left.front() == '/') left.remove_prefix(1);
  if (left.empty()) return Descriptor(::openat(here.get(), ".", flags | O_CLOEXEC));
  while (here) {
    const auto end = left.find('/');
    const std::string part(left.substr(0, end));
    left = end == std::string_view::npos ? std::string_view() : left.substr(end);
    while (!left.empty() && left.front() == '/') left.remove_prefix(1);
    if (part == "..") {
      errno = EXDEV;
      return {};
    }
    const int wanted = left.empty() ? flags : O_PATH | O_DIRECTORY;
    Descriptor next(::openat(here.get(), part.c_str(), wanted | O_NOFOLLOW | O_CLOEXEC));
    // O_DIRECTORY tells of a link as ENOTDIR: say which of the two it is.
    struct stat status;
    if (!next && errno == ENOTDIR)
      errno = ::fstatat(here.get(), part.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode)
                  ? ELOOP
                  : ENOTDIR;
    if (left.empty()) return next;
    here = std::move(next);
  }
  return {};
}

Descriptor open_beneath(int folder, const std::string& path, int flags, Bounds bounds) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_NO_MAGICLINKS | (bounds == Bounds::root ? RESOLVE_IN_ROOT : RESOLVE_BENEATH);
  const char* const name = path.empty() ? "." : path.c_str();
  for (int tries = 0;; ++tries) {
    const long opened = ::syscall(SYS_openat2, folder, name, &how, sizeof how);
    if (opened >= 0) return Descriptor(static_cast<int>(opened));
    // EAGAIN: something was renamed on the way and the kernel cannot vouch for the result.
    if (errno == EAGAIN && tries < 100) continue;
    if (errno == ENOSYS) return walk_beneath(folder, path, flags);
    return {};
  }
}

}  // namespace gf::agent
