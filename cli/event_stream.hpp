#pragma once
#include <functional>

#include "session.hpp"

namespace gf::cli {

/// Gives `take` what happens after event `after` (0 = all that the daemon still has), event by event: until `take`
/// returns false, or with `follow` unset until all are told. A restart of the daemon is bridged. Throws
/// Error(bad_request) when there is no such event yet, Error(daemon_unavailable) when the daemon stays away.
Task<> read_events(http::Client& client, std::uint64_t after, bool follow, std::function<bool(const Json&)> take);

}  // namespace gf::cli
