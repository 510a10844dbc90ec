#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "node/frame.hpp"

namespace gf::agent {

/// What the daemon sends on a stream, on its way into a socket: at most what was granted waits here, and what was
/// written is granted again, so a peer that does not read holds up its own stream alone.
class Inflow {
 public:
  explicit Inflow(std::uint32_t id) : id_(id) {}

  /// Throws node::BrokenFrame for more than was granted, or after the end.
  void add(std::string_view bytes);
  void finish() { ending_ = true; }
  /// Writes what the socket takes; grants go to `out`. The end is passed on once all is written. False: the peer is
  /// lost.
  bool flush(int socket, std::string& out);
  bool waiting() const { return begin_ < queue_.size(); }  ///< for the socket to take more
  bool ended() const { return ended_; }                    ///< the peer was told the end

 private:
  std::uint32_t id_;
  std::string queue_;  ///< from begin_
  std::size_t begin_ = 0;
  std::uint32_t taken_ = 0;  ///< written and not yet granted again
  bool ending_ = false;      ///< the daemon sends no more
  bool ended_ = false;
};

}  // namespace gf::agent
