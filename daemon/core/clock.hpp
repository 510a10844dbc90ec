#pragma once
#include <chrono>

#include "core/task.hpp"

namespace gf {

/// Time as an argument: the seam that lets tests run without waiting.
class Clock {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::steady_clock::duration;

  virtual ~Clock() = default;
  virtual time_point now() const = 0;
  /// Seconds since the epoch, for people and journals.
  virtual double wall_seconds() const = 0;
  /// Resumes at `when`; throws system_error(operation_aborted) when cancelled.
  virtual Task<> sleep_until(time_point when) = 0;

  Task<> sleep_for(duration length) { return sleep_until(now() + length); }
};

class SystemClock final : public Clock {
 public:
  time_point now() const override { return std::chrono::steady_clock::now(); }
  double wall_seconds() const override;
  Task<> sleep_until(time_point when) override;
};

}  // namespace gf
