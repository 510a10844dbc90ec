#pragma once
#include <cstdio>
#include <string>

namespace gf::test {

/// An entry of a tar as Go's archive/tar writes it, which engines are made with; `extension` are the records of its
/// extended header, as they stand there.
inline std::string go_entry(std::string name, char type, const std::string& contents = {}, const std::string& link = {},
                            const std::string& extension = {}, const std::string& extension_name = {}) {
  auto padded = [](const std::string& text) { return text + std::string((512 - text.size() % 512) % 512, '\0'); };
  auto header = [](const std::string& shown, char kind, std::size_t size, const std::string& target,
                   const std::string& owners) {
    std::string bytes(512, '\0');
    auto put = [&](std::size_t at, const std::string& text) { bytes.replace(at, text.size(), text); };
    char digits[16];
    std::snprintf(digits, sizeof digits, "%011zo", size);
    put(0, shown.substr(0, 100));
    put(100, kind == 'x' ? "0000000" : "0000644");
    put(108, "0000000");
    put(116, "0000000");
    put(124, digits);
    put(136, kind == 'x' ? "00000000000" : "14616303251");
    put(156, std::string(1, kind));
    put(157, target.substr(0, 100));
    put(257, std::string("ustar\0", 6) + "00");
    put(265, owners);
    if (kind != 'x') put(329, "0000000"), put(337, "0000000");
    put(148, "        ");
    unsigned sum = 0;
    for (const char c : bytes) sum += static_cast<unsigned char>(c);
    std::snprintf(digits, sizeof digits, "%06o", sum);
    put(148, std::string(digits, 7));
    return bytes;
  };
  std::string out;
  if (!extension.empty()) out = header(extension_name, 'x', extension.size(), "", "") + padded(extension);
  return out + header(name, type, contents.size(), link, "root") + padded(contents);
}

inline std::string go_end() { return std::string(1024, '\0'); }

}  // namespace gf::test
