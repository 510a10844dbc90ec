#pragma once
#include <string>
#include <vector>

#include "dev/view.hpp"

namespace gf::cli {

struct ScreenSize {
  std::size_t columns = 80, rows = 24;
};

/// Pure: the screen of `gf dev`, from top to bottom: what is wrong, apps with their replicas, the last saves, running
/// operations, logs. Just `size.rows` lines of at most `size.columns` columns.
std::vector<std::string> compose(const DevView& view, ScreenSize size, bool color);

/// Pure: `text` without what would move the cursor or colour the screen: control characters and escape sequences.
std::string without_controls(const std::string& text);

}  // namespace gf::cli
