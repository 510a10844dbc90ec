#include "project/checkout_name.hpp"

#include <algorithm>

namespace gf::project {

namespace {

/// `text` followed by `end`, of which nothing is cut.
std::string joined(std::string text, const std::string& end) {
  text.resize(std::min(text.size(), longest_name - end.size()));
  while (text.ends_with('-')) text.pop_back();
  return text + end;
}

}  // namespace

std::string as_label(const std::string& text) {
  std::string label;
  for (const char letter : text) {
    const char lower = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    const bool plain = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    if (plain)
      label += lower;
    else if (!label.empty() && !label.ends_with('-'))
      label += '-';
  }
  while (label.ends_with('-')) label.pop_back();
  return label;
}

std::string checkout_name(const std::string& declared, const std::string& place,
                          const std::function<bool(const std::string& name)>& is_taken) {
  if (!is_taken(declared)) return declared;
  const auto label = as_label(place);
  const auto whole = joined(label.empty() ? declared : declared + '-' + label, "");
  auto name = whole;
  for (int number = 2; is_taken(name); ++number) name = joined(whole, '-' + std::to_string(number));
  return name;
}

}  // namespace gf::project
