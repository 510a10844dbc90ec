#pragma once
#include <optional>
#include <string>

#include "core/clock.hpp"

namespace gf::source {

/// What has happened to a checkout since it was looked at last.
struct Burst {
  Clock::time_point first, last;  ///< times of its first and its newest event
  std::uint64_t events = 0;
  bool scan = false;      ///< more than saves of known files: the tree must be read again
  std::size_t saved = 0;  ///< how many known files were saved
};

/// Whether to act now, or until when to wait for more (nothing = until Git has finished).
struct Settled {
  bool act = false;
  std::optional<Clock::time_point> wait_until;
};

/// How long a burst must be quiet, and how long it may last.
inline constexpr auto quiet_time = std::chrono::milliseconds(20);
inline constexpr auto longest_burst = std::chrono::milliseconds(500);
/// A lock of Git's that nothing has touched for so long is a leftover.
inline constexpr auto stale_lock = std::chrono::seconds(60);

/// Pure. The save of one known file is acted upon at once; everything else when it has become quiet. While Git itself
/// works, nothing is done, unless its lock is older than `stale_lock`.
Settled settle(const Burst& burst, Clock::time_point now, std::optional<Clock::duration> lock_age);

/// Pure: names that editors use for a moment only: they never travel unless Git knows them.
bool is_editor_file(const std::string& name);

}  // namespace gf::source
