#include "load/latencies.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace gf::cli {

namespace {

// Below `fine` each microsecond has its bucket; above, each doubling of the value is cut into `half` buckets of equal
// width, so that none is wider than 1/128 of its values.
constexpr int fine_bits = 8;
constexpr std::uint64_t fine = 1 << fine_bits, half = fine / 2;

/// By how many bits a value is coarser than a microsecond.
int shift_of(std::uint64_t value) { return std::max(0, static_cast<int>(std::bit_width(value)) - fine_bits); }

std::size_t bucket_of(std::uint64_t value) {
  const auto shift = shift_of(value);
  return static_cast<std::size_t>(shift) * half + (value >> shift);
}

/// The largest value of the bucket.
std::uint64_t end_of(std::size_t bucket) {
  if (bucket < fine) return bucket;
  const auto shift = bucket / half - 1;
  return ((bucket - shift * half + 1) << shift) - 1;
}

}  // namespace

void Latencies::add(Duration latency) {
  latency = std::max(latency, Duration::zero());
  const auto bucket = bucket_of(static_cast<std::uint64_t>(latency.count()));
  if (bucket >= buckets_.size()) buckets_.resize(bucket + 1);
  ++buckets_[bucket];
  ++count_;
  sum_ += latency;
  max_ = std::max(max_, latency);
}

Latencies::Duration Latencies::quantile(double share) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    seen += buckets_[bucket];
    if (seen > 0 && seen >= wanted) return std::min(max_, Duration(end_of(bucket)));
  }
  return max_;
}

Latencies::Duration Latencies::mean() const {
  return count_ == 0 ? Duration::zero() : sum_ / static_cast<Duration::rep>(count_);
}

}  // namespace gf::cli
