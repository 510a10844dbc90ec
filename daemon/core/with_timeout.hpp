#pragma once
#include "core/clock.hpp"
#include "core/task.hpp"

namespace gf {

/// Runs `task`; when `limit` passes first, cancels it, waits for its end and throws Error(timed_out, message).
Task<> with_timeout(Clock& clock, Clock::duration limit, std::string message, Task<> task);

}  // namespace gf
