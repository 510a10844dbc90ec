#pragma once
#include <algorithm>
#include <string>
#include <utility>

#include "core/signal.hpp"

namespace gf::api {

/// A line of a log as the cluster gives it when it is asked for times: "2026-11-24T22:49:22.123456789Z GET /".
struct StampedLine {
  std::string time, text;  ///< time: empty when the line is the node's own word about the log
};

/// Pure.
inline StampedLine take_stamp(const std::string& line) {
  const auto blank = std::min(line.find(' '), line.size());
  if (blank < 20 || line[4] != '-' || line[10] != 'T') return {{}, line};
  return {line.substr(0, blank), line.substr(std::min(blank + 1, line.size()))};
}

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
