#pragma once
#include <array>
#include <string>

namespace gf::model {

/// The few names that all steps share: that they meet is what is wanted.
inline std::string file_name(unsigned number) {
  static constexpr std::array folders{"", "", "dir/", "dir/sub/", "lib/", "src/", "src/new/", "built/"};
  static constexpr std::array names{"a", "b", "c d", "x.log", "\xfe", "e~", "dir", "src"};
  return std::string(folders[number % folders.size()]) + names[number / folders.size() % names.size()];
}
inline std::string folder_name(unsigned number) {
  static constexpr std::array names{"dir", "dir/sub", "lib", "src", "src/new", "f~", "dir2"};
  return names[number % names.size()];
}
inline std::string branch_name(unsigned number) {
  static constexpr std::array names{"main", "one", "two"};
  return names[number % names.size()];
}

}  // namespace gf::model
