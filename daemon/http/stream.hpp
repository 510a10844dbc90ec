#pragma once
#include <cstddef>
#include <memory>
#include <string_view>

#include "core/task.hpp"

namespace gf::http {

/// A connected byte stream in both directions (Unix socket, TCP, TLS): what an upgraded connection becomes.
/// One reader and one writer at a time.
class Stream {
 public:
  virtual ~Stream() = default;
  /// Reads at least one byte into `buffer`; 0 = the peer has finished sending.
  virtual Task<std::size_t> read_some(char* buffer, std::size_t size) = 0;
  /// Writes all of `bytes`, which must stay alive until then.
  virtual Task<> write(std::string_view bytes) = 0;
  /// Sends no more; reading goes on (half-close).
  virtual Task<> finish_writing() = 0;
  /// Ends both directions at once; pending reads and writes fail with operation_aborted.
  virtual void close() = 0;
};

/// Copies from `from` to `to` until the end of `from`, then finishes writing on `to`.
Task<> pump(Stream& from, Stream& to);

}  // namespace gf::http
