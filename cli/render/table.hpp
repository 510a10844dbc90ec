#pragma once
#include <string>
#include <vector>

namespace gf::cli {

/// Rows as aligned columns, two blanks apart; the first row are the headings. Colours take no room.
std::string table(const std::vector<std::vector<std::string>>& rows, const std::string& indent = {});

}  // namespace gf::cli
