#pragma once
#include <functional>
#include <string>

namespace gf::project {

/// Names are those of namespaces, and in most addons of users: this long at most.
inline constexpr std::size_t longest_name = 30;

/// Pure: `text` as a part of a name: a-z, 0-9 and single '-' between them; may be empty.
std::string as_label(const std::string& text);

/// Pure: what a checkout is called whose greenfield.yaml says `declared`: that, unless another checkout has it; then
/// `declared`-`place` (the name of its work tree, or of its folder), and with a number when that is taken too.
std::string checkout_name(const std::string& declared, const std::string& place,
                          const std::function<bool(const std::string& name)>& is_taken);

}  // namespace gf::project
