#include "container/tar.hpp"

#include <array>
#include <cstdio>
#include <cstring>

namespace gf::container {

namespace {

constexpr std::size_t block = 512, name_length = 100;

void put_octal(char* field, std::size_t length, std::uint64_t value) {
  for (std::size_t i = length - 1; i-- > 0; value >>= 3) field[i] = static_cast<char>('0' + (value & 7));
}

std::string header(std::string_view name, std::uint64_t size, unsigned mode, char type, std::string_view link) {
  std::array<char, block> bytes{};
  name.copy(bytes.data(), name_length);
  put_octal(&bytes[100], 8, mode);
  put_octal(&bytes[108], 8, 0);  // owner and group: root
  put_octal(&bytes[116], 8, 0);
  if (size < (std::uint64_t{1} << 33)) {
    put_octal(&bytes[124], 12, size);
  } else {  // base-256, as GNU tar writes sizes over 8 GiB
    bytes[124] = static_cast<char>(0x80);
    for (int i = 0; i < 8; ++i) bytes[static_cast<std::size_t>(135 - i)] = static_cast<char>(size >> (8 * i));
  }
  put_octal(&bytes[136], 12, 0);
  std::memset(&bytes[148], ' ', 8);
  bytes[156] = type;
  link.copy(&bytes[157], name_length);
  std::memcpy(&bytes[257], "ustar  ", 8);  // GNU: long names come in records of their own
  unsigned sum = 0;
  for (const char c : bytes) sum += static_cast<unsigned char>(c);
  put_octal(&bytes[148], 7, sum);
  return std::string(bytes.data(), bytes.size());
}

/// GNU's record in front of a header: 'L' a long name, 'K' a long link.
std::string long_text(std::string_view text, char type) {
  std::string record = header("././@LongLink", text.size() + 1, 0, type, {});
  record += text;
  record += '\0';
  return record + tar_padding(text.size() + 1);
}

}  // namespace

std::string tar_header(std::string_view name, std::uint64_t size, unsigned mode, char type, std::string_view link) {
  std::string bytes;
  if (link.size() > name_length) bytes += long_text(link, 'K');
  if (name.size() > name_length) bytes += long_text(name, 'L');
  return bytes + header(name, type == '0' ? size : 0, mode & 07777, type, link);
}

std::string tar_padding(std::uint64_t size) { return std::string((block - size % block) % block, '\0'); }

std::string tar_end() { return std::string(2 * block, '\0'); }

}  // namespace gf::container
