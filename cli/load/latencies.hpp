#pragma once
#include <chrono>
#include <cstdint>
#include <vector>

namespace gf::cli {

/// How long answers took, counted in buckets that grow with the value: what it says lies at most 1 % above what was
/// added, whatever the range, and its size depends on the largest value only (3,400 counters for an hour).
class Latencies {
 public:
  using Duration = std::chrono::microseconds;

  /// What is below zero counts as zero.
  void add(Duration latency);
  std::uint64_t count() const { return count_; }
  /// The latency that `share` (0 to 1) of all do not exceed; zero when there are none.
  Duration quantile(double share) const;
  Duration max() const { return max_; }  ///< as it was added
  Duration mean() const;                 ///< of what was added; zero when there are none

 private:
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  Duration max_{0}, sum_{0};
};

}  // namespace gf::cli
