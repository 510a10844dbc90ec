#pragma once
#include <string>

#include "core/task.hpp"

namespace gf::cli {

/// Shows a notification on the desktop by notify-send, without a shell in between. False when that is not installed;
/// without a desktop that takes it nothing happens.
Task<bool> notify_desktop(std::string title, std::string text);

}  // namespace gf::cli
