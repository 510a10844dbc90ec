#include "page/access.hpp"

#include <algorithm>

#include "core/digest.hpp"

namespace gf::page {

namespace {

constexpr double code_seconds = 60;
constexpr std::size_t length = 32;  // of 62 letters: 190 bits
constexpr std::size_t kept_tokens = 32;
constexpr std::string_view scheme = "Bearer ";

}  // namespace

std::string Access::new_code() {
  const auto now = clock_.wall_seconds();
  std::erase_if(codes_, [now](const auto& entry) { return entry.second < now; });
  auto code = random_alnum(length);
  codes_[code] = now + code_seconds;
  return code;
}

std::optional<std::string> Access::redeem(const std::string& code) {
  const auto found = codes_.find(code);
  if (found == codes_.end()) return std::nullopt;
  const bool fresh = found->second >= clock_.wall_seconds();
  codes_.erase(found);
  if (!fresh) return std::nullopt;
  tokens_.push_back(random_alnum(length));
  if (tokens_.size() > kept_tokens) tokens_.pop_front();
  return tokens_.back();
}

bool Access::admits(const std::string& authorization) const {
  if (!authorization.starts_with(scheme)) return false;
  // By digests: how long the comparison takes says nothing about the token.
  const auto given = sha256_hex(std::string_view(authorization).substr(scheme.size()));
  return std::ranges::any_of(tokens_, [&](const auto& token) { return sha256_hex(token) == given; });
}

}  // namespace gf::page
