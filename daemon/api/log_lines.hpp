#pragma once
#include <string>
#include <utility>

#include "core/signal.hpp"

namespace gf::api {

/// Lines of several logs on their way to one reader. Who writes waits while the reader is behind: a client that reads
/// nothing holds up its own logs only, and no more than these bytes.
class LogLines {
 public:
  static constexpr std::size_t most_bytes = 256 << 10;

  explicit LogLines(Executor executor) : changed_(executor) {}

  Task<> put(std::string line) {
    while (text_.size() >= most_bytes) co_await changed_.wait();
    text_ += line;
    text_ += '\n';
    changed_.notify_all();
  }
  /// All that is there; may be nothing.
  std::string take() {
    changed_.notify_all();
    return std::exchange(text_, {});
  }
  bool empty() const { return text_.empty(); }

  void open_one() { ++open_; }
  void close_one() {
    --open_;
    changed_.notify_all();
  }
  /// Whether all logs are closed and taken.
  bool ended() const { return open_ == 0 && empty(); }
  Signal& changed() { return changed_; }

 private:
  std::string text_;
  std::size_t open_ = 0;
  Signal changed_;
};

}  // namespace gf::api
