#pragma once
#include <string>
#include <string_view>

namespace gf::kube {

/// RFC 4648 with padding; line breaks are skipped. Returns "" for text that is no base64.
std::string base64_decode(std::string_view text);
std::string base64_encode(std::string_view bytes);

}  // namespace gf::kube
