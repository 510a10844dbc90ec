#pragma once
#include "http/stream.hpp"

namespace gf::forward {

/// Carries bytes both ways until both sides have finished; each end is passed on by itself (half-close).
/// When either side fails, the other way ends too and the failure is thrown. The caller closes both then.
Task<> relay(http::Stream& client, http::Stream& service);

}  // namespace gf::forward
