#include "source/settle.hpp"

#include <algorithm>

namespace gf::source {

Settled settle(const Burst& burst, Clock::time_point now, std::optional<Clock::duration> lock_age) {
  if (lock_age && *lock_age < stale_lock) return {false, now + (stale_lock - *lock_age)};
  if (!burst.scan && burst.saved == 1) return {true, {}};
  const Clock::time_point due = std::min<Clock::time_point>(burst.last + quiet_time, burst.first + longest_burst);
  if (now >= due) return {true, {}};
  return {false, due};
}

bool is_editor_file(const std::string& name) {
  if (name == "4913" || name.starts_with(".#") || name.ends_with('~') || name.ends_with("___jb_tmp___") ||
      name.ends_with("___jb_old___"))
    return true;
  // Vim's .name.swp and its successors .swo, .swn …; "#name#" of Emacs.
  if (name.starts_with('.') && name.size() > 5 && name.substr(name.size() - 4, 3) == ".sw") return true;
  return name.size() > 2 && name.starts_with('#') && name.ends_with('#');
}

}  // namespace gf::source
