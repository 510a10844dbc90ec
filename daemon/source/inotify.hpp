#pragma once
#include <boost/asio/posix/stream_descriptor.hpp>
#include <string>
#include <vector>

#include "core/task.hpp"

namespace gf::source {

/// One event of the kernel's.
struct FileEvent {
  int watch = -1;
  std::uint32_t mask = 0;
  std::string name;  ///< within the watched folder; empty for the folder itself
};

/// The one inotify instance. Errors of the kernel come as system_error.
class Inotify {
 public:
  explicit Inotify(Executor executor);
  /// The watch of a folder; -1 when the user's watches are exhausted (ENOSPC) or the folder is gone (`error` tells).
  int add(const std::string& folder, int& error);
  void remove(int watch);
  Task<std::vector<FileEvent>> read();

 private:
  net::posix::stream_descriptor descriptor_;
  std::vector<char> buffer_;
};

}  // namespace gf::source
