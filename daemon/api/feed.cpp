#include "api/feed.hpp"

#include <algorithm>

namespace gf::api {

Feed::Feed(Executor executor, Clock& clock, FeedLimits limits)
    : clock_(clock),
      limits_(limits),
      last_(static_cast<std::uint64_t>(clock.wall_seconds() * 1000)),
      changed_(executor) {}

void Feed::add(const std::string& type, Json event) {
  event["seq"] = ++last_;
  event["time"] = clock_.wall_seconds();
  event["type"] = type;
  ring_.push_back(dump(event) + '\n');
  bytes_ += ring_.back().size();
  while (ring_.size() > limits_.events || (bytes_ > limits_.bytes && ring_.size() > 1)) {
    bytes_ -= ring_.front().size();
    ring_.pop_front();
  }
  changed_.notify_all();
}

Feed::Piece Feed::read(std::uint64_t after) const {
  Piece piece;
  piece.last = std::max(after, before_first());
  if (after != 0 && after < before_first()) {
    Json missed;
    missed["seq"] = before_first();
    missed["time"] = clock_.wall_seconds();
    missed["type"] = "missed";
    missed["from"] = after + 1;
    piece.lines = dump(missed) + '\n';
  }
  for (std::size_t given = 0; piece.last < last_ && given < limits_.at_once; ++given)
    piece.lines += ring_[piece.last++ - before_first()];
  return piece;
}

}  // namespace gf::api
