#include "http/message.hpp"

#include <strings.h>

#include "protocol/error.hpp"

namespace gf::http {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool equal_names(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

/// Cuts off what stands before the first `mark` (all of it when there is none) and drops the mark.
std::string_view take_until(std::string_view& rest, char mark) {
  const auto end = rest.find(mark);
  const auto piece = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return piece;
}

}  // namespace

void Headers::set(std::string name, std::string value) {
  for (auto& field : fields_)
    if (equal_names(field.first, name)) {
      field.second = std::move(value);
      return;
    }
  fields_.emplace_back(std::move(name), std::move(value));
}

std::optional<std::string> Headers::get(std::string_view name) const {
  for (const auto& field : fields_)
    if (equal_names(field.first, name)) return field.second;
  return std::nullopt;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || c == '-' || c == '.' || c == '_' || c == '~') {
      encoded += c;
    } else {
      encoded += '%';
      encoded += digits[byte >> 4];
      encoded += digits[byte & 15];
    }
  }
  return encoded;
}

std::string percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0)
      throw Error(ErrorCode::bad_request, "cannot read '" + std::string(text) + "': a broken %-escape");
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

std::optional<std::string> Target::param(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return std::nullopt;
}

Target parse_target(std::string_view target) {
  Target parsed;
  auto query = target;
  auto path = take_until(query, '?');
  while (!path.empty()) {
    const auto segment = take_until(path, '/');
    if (!segment.empty()) parsed.segments.push_back(percent_decode(segment));
  }
  while (!query.empty()) {
    auto value = take_until(query, '&');
    if (value.empty()) continue;
    const auto name = take_until(value, '=');
    parsed.query.emplace_back(percent_decode(name), percent_decode(value));
  }
  return parsed;
}

}  // namespace gf::http
