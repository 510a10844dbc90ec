#include "system/instance_lock.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>

#include "protocol/error.hpp"

namespace gf {

namespace {

/// The whole file, as a lock of the open file description: asking for it (F_OFD_GETLK) takes nothing, so that who looks
/// never keeps out who comes to take it.
struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

}  // namespace

std::optional<InstanceLock> InstanceLock::take(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0)
    throw Error(ErrorCode::state_unwritable, "cannot open " + path.string() + ": " + std::strerror(errno));
  InstanceLock lock(descriptor);
  auto wanted = whole_file();
  if (::fcntl(descriptor, F_OFD_SETLK, &wanted) != 0) return std::nullopt;
  const auto pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor, 0) != 0 || ::pwrite(descriptor, pid.data(), pid.size(), 0) < 0)
    throw Error(ErrorCode::state_unwritable, "cannot write " + path.string() + ": " + std::strerror(errno));
  return lock;
}

std::optional<pid_t> InstanceLock::holder(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  auto asked = whole_file();  // the file alone outlives a daemon that was killed
  const bool held = ::fcntl(descriptor, F_OFD_GETLK, &asked) == 0 && asked.l_type != F_UNLCK;
  ::close(descriptor);
  std::ifstream file(path);
  pid_t pid = 0;
  if (!held || !(file >> pid)) return std::nullopt;
  return pid;
}

InstanceLock::InstanceLock(InstanceLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

InstanceLock::~InstanceLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace gf
