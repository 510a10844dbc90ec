#pragma once
#include <algorithm>
#include <chrono>

namespace gf {

/// Delays between tries: `first`, doubled each time up to `most`; reset() after a success.
class Backoff {
 public:
  using duration = std::chrono::milliseconds;
  Backoff(duration first, duration most) : first_(first), most_(most), next_(first) {}

  duration next() {
    const auto now = next_;
    next_ = std::min(next_ * 2, most_);
    return now;
  }
  void reset() { next_ = first_; }

 private:
  duration first_, most_, next_;
};

}  // namespace gf
