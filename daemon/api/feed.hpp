#pragma once
#include <deque>
#include <string>

#include "core/clock.hpp"
#include "core/signal.hpp"
#include "protocol/json.hpp"

namespace gf::api {

struct FeedLimits {
  std::size_t events = 4096;
  std::size_t bytes = 2 << 20;
  std::size_t at_once = 256;  ///< events that a reader is given in one piece
};

/// What happens, for whoever listens: numbered events, the newest of them kept in memory. Readers own their position:
/// one that is slower than the ring is told which numbers it missed, and delays nobody. Io thread only.
class Feed {
 public:
  /// Numbers begin at the milliseconds since the epoch: a later daemon goes on above those of a former one.
  Feed(Executor executor, Clock& clock, FeedLimits limits = {});

  /// `type` says which other members `event` has; docs/api.md lists them.
  void add(const std::string& type, Json event);
  std::uint64_t last() const { return last_; }  ///< the number of the newest

  struct Piece {
    std::string lines;       ///< NDJSON; empty when nothing is newer
    std::uint64_t last = 0;  ///< read on after this one
  };
  /// What follows the event `after`. 0 begins with the oldest that is kept.
  Piece read(std::uint64_t after) const;
  Signal& changed() { return changed_; }

 private:
  std::uint64_t before_first() const { return last_ - ring_.size(); }

  Clock& clock_;
  FeedLimits limits_;
  std::deque<std::string> ring_;  ///< a line each, the oldest first
  std::size_t bytes_ = 0;         ///< in the ring
  std::uint64_t last_;
  Signal changed_;
};

}  // namespace gf::api
