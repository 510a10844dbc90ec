#include "system/runtime_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "protocol/error.hpp"

namespace gf {

void ensure_runtime_folder(const std::filesystem::path& folder) {
  std::error_code ignored;  // what matters is said below
  std::filesystem::create_directories(folder.parent_path(), ignored);
  struct stat seen {};
  if ((::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) || ::lstat(folder.c_str(), &seen) != 0)
    throw Error(ErrorCode::state_unwritable, "cannot make " + folder.string() + ": " + std::strerror(errno),
                "set XDG_RUNTIME_DIR to a folder of yours");
  if (!S_ISDIR(seen.st_mode) || seen.st_uid != ::geteuid())
    throw Error(ErrorCode::forbidden, "cannot use " + folder.string() + ": it is no folder of yours",
                "remove it, or set XDG_RUNTIME_DIR to a folder of yours");
  if ((seen.st_mode & 07777) != 0700) ::chmod(folder.c_str(), 0700);
}

}  // namespace gf
