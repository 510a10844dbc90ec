#pragma once
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "core/clock.hpp"

namespace gf::page {

/// Who may read through the page: whoever comes with a code that was handed out over the daemon's own socket. A code
/// counts once and for a minute, and stands in the part of the address that a browser sends to nobody; the token that
/// it is exchanged for stays in one tab and counts as long as the daemon lives. No cookie: browsers send those to every
/// port of a host.
class Access {
 public:
  explicit Access(Clock& clock) : clock_(clock) {}

  std::string new_code();
  /// A token for the code; nullopt when it is unknown, used or too old.
  std::optional<std::string> redeem(const std::string& code);
  /// `authorization` is the header's value: "Bearer TOKEN".
  bool admits(const std::string& authorization) const;

 private:
  Clock& clock_;
  std::map<std::string, double> codes_;  ///< code → until when, in seconds since the epoch
  std::deque<std::string> tokens_;       ///< the newest 32
};

}  // namespace gf::page
