#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "source/checkout.hpp"

namespace gf::model {

/// What one file is for who reads it.
struct Entry {
  unsigned mode = 0;  ///< 0 for links: theirs means nothing
  bool link = false;
  std::string digest;  ///< of the contents, of a link's target
  bool operator==(const Entry&) const = default;
};
using Contents = std::map<std::string, Entry>;  ///< by path

/// What Git itself (the program, not the library) says of a checkout.
struct Checkout {
  Contents files;              ///< tracked, and untracked that are neither ignored nor an editor's for a moment
  std::string branch, commit;  ///< empty: detached, none yet
};
Checkout look_at(const std::string& root);

/// All files and links below a folder. What a killed agent left half written under its temporary name does not count.
Contents read_folder(const std::filesystem::path& folder);
Contents contents_of(const source::Tree& tree);
/// Pure: those below `folder` ("" = all), relative to it.
Contents below(const Contents& contents, const std::string& folder);

/// Pure: in which paths they differ and how, "" when they are equal.
std::string difference(const Contents& wanted, const Contents& found);

}  // namespace gf::model
