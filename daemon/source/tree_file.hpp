#pragma once
#include "source/checkout.hpp"

namespace gf::source {

/// An entry of an open folder, without its digest; nullopt when it is no regular file or link. `path` is what the tree
/// calls it.
std::optional<TreeFile> describe(int folder, const std::string& name, std::string path);
/// The same with its contents hashed.
std::optional<TreeFile> read_entry(int folder, const std::string& name, std::string path);

}  // namespace gf::source
