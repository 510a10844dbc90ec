#include "container/tar_reader.hpp"

#include <algorithm>
#include <charconv>

namespace gf::container {

namespace {

constexpr std::size_t extension_limit = 1024 * 1024;

/// "LENGTH KEY=VALUE\n" one after the other; a length counts its whole record.
std::map<std::string, std::string> read_records(std::string_view text) {
  std::map<std::string, std::string> records;
  while (!text.empty()) {
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    const auto digits = static_cast<std::size_t>(end - text.data());
    if (error != std::errc() || length > text.size() || length < digits + 3 || text[digits] != ' ' ||
        text[length - 1] != '\n')
      throw BrokenTar("a broken extended header");
    const auto record = text.substr(digits + 1, length - digits - 2);
    const auto equals = record.find('=');
    if (equals == std::string_view::npos) throw BrokenTar("a broken extended header");
    records[std::string(record.substr(0, equals))] = record.substr(equals + 1);
    text.remove_prefix(length);
  }
  return records;
}

std::uint64_t number_of(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) throw BrokenTar("a broken extended header");
  return value;
}

}  // namespace

std::string tar_text(std::string_view header, std::size_t at, std::size_t length) {
  const auto field = header.substr(at, length);
  return std::string(field.substr(0, field.find('\0')));
}

std::uint64_t tar_number(std::string_view header, std::size_t at, std::size_t length) {
  auto field = header.substr(at, length);
  std::uint64_t value = 0;
  if (static_cast<unsigned char>(field[0]) & 0x80) {  // base-256
    for (const char byte : field.substr(field.size() - 8)) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
  }
  field = field.substr(0, field.find('\0'));
  while (field.starts_with(' ')) field.remove_prefix(1);
  while (field.ends_with(' ')) field.remove_suffix(1);
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value, 8);
  if (!field.empty() && (error != std::errc() || end != field.data() + field.size()))
    throw BrokenTar("a header with a broken number");
  return value;
}

void TarReader::feed(std::string_view bytes) {
  bytes_.erase(0, begin_);
  begin_ = 0;
  if (!ended_) bytes_.append(bytes);
}

void TarReader::begin(std::string_view header) {
  entry_ = TarEntry();
  entry_.type = header[156] == '\0' ? '0' : header[156];
  entry_.name = tar_text(header, 0, 100);
  if (header.substr(257, 6) == std::string_view("ustar\0", 6))
    if (const auto folder = tar_text(header, 345, 155); !folder.empty()) entry_.name = folder + '/' + entry_.name;
  entry_.link = tar_text(header, 157, 100);
  entry_.size = tar_number(header, 124, 12);
  if (entry_.type != 'x') {
    entry_.records = read_records(extension_);
    extension_.clear();
    const auto& records = entry_.records;
    if (const auto found = records.find("path"); found != records.end()) entry_.name = found->second;
    if (const auto found = records.find("linkpath"); found != records.end()) entry_.link = found->second;
    if (const auto found = records.find("size"); found != records.end()) entry_.size = number_of(found->second);
  } else if (entry_.size > extension_limit) {
    throw BrokenTar("an extended header that is too large");
  }
  left_ = entry_.size;
  padding_ = (tar_block - entry_.size % tar_block) % tar_block;
}

std::optional<TarReader::Part> TarReader::next() {
  for (;;) {
    const auto held = std::string_view(bytes_).substr(begin_);
    if (ended_ || held.empty()) return std::nullopt;
    if (left_ > 0 || padding_ > 0) {
      auto& due = left_ > 0 ? left_ : padding_;
      const auto some = held.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(due, held.size())));
      const bool contents = left_ > 0;
      due -= some.size();
      begin_ += some.size();
      if (!contents) continue;
      if (entry_.type != 'x') return Part{false, some, left_ == 0};
      extension_ += some;
      continue;
    }
    if (held.size() < tar_block) return std::nullopt;
    const auto header = held.substr(0, tar_block);
    begin_ += tar_block;
    ended_ = header.find_first_not_of('\0') == std::string_view::npos;
    if (ended_) return std::nullopt;
    begin(header);
    if (entry_.type != 'x') return Part{true, header, left_ == 0};
  }
}

}  // namespace gf::container
