#include "kube/base64.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <vector>

namespace gf::kube {

std::string base64_decode(std::string_view text) {
  std::string clean;
  std::ranges::copy_if(text, std::back_inserter(clean), [](char c) { return c != '\n' && c != '\r' && c != ' '; });
  if (clean.empty() || clean.size() % 4 != 0) return {};
  std::vector<unsigned char> bytes(clean.size() / 4 * 3);
  const int length = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(clean.data()),
                                     static_cast<int>(clean.size()));
  if (length < 0) return {};
  const auto padding = static_cast<int>(std::count(clean.end() - 2, clean.end(), '='));
  return std::string(bytes.begin(), bytes.begin() + (length - padding));
}

std::string base64_encode(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

}  // namespace gf::kube
