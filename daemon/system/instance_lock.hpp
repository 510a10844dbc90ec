#pragma once
#include <sys/types.h>
#include <filesystem>
#include <optional>

namespace gf {

/// One daemon per runtime folder: an exclusive lock on `path`, which holds our pid. Released by the kernel at our
/// death, so a kill -9 leaves nothing behind.
class InstanceLock {
 public:
  /// nullopt when another process holds it (its pid is then readable by holder()).
  static std::optional<InstanceLock> take(const std::filesystem::path& path);
  static std::optional<pid_t> holder(const std::filesystem::path& path);
  InstanceLock(InstanceLock&& other) noexcept;
  InstanceLock& operator=(InstanceLock&&) = delete;
  ~InstanceLock();

 private:
  explicit InstanceLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace gf
