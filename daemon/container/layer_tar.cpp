#include "container/layer_tar.hpp"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "container/tar.hpp"

namespace gf::container {

namespace {

constexpr std::size_t name_at = 0, link_at = 157, name_length = 100, type_at = 156, prefix_at = 345,
                      prefix_length = 155;

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool needs_record(std::string_view text) { return text.size() > name_length || !is_ascii(text); }

std::string to_ascii(std::string text) {
  std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80 || c == '\0'; });
  return text;
}

/// Where a long name can be cut so that both parts have room in the header: its folder has a field of its own.
std::size_t cut_of(const std::string& name) {
  if (name.size() <= name_length || !is_ascii(name)) return 0;
  auto length = name.size() > prefix_length ? prefix_length + 1 : name.size();
  if (length == name.size() && name.ends_with('/')) --length;
  const auto slash = name.rfind('/', length - 1);
  if (slash == std::string::npos || slash == 0) return 0;
  const auto rest = name.size() - slash - 1;
  return rest > name_length || rest == 0 || slash > prefix_length ? 0 : slash;
}

/// A name in its field: what has no room is cut off, and never so that it ends with a slash.
void put_name(std::string& header, std::size_t at, const std::string& name) {
  auto text = to_ascii(name);
  if (text.size() > name_length) {
    text.resize(name_length);
    if (text.ends_with('/')) text.resize(text.find_last_not_of('/') + 1);
  }
  text.resize(name_length);
  header.replace(at, name_length, text);
}

void put_checksum(std::string& header) {
  header.replace(148, 8, 8, ' ');
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  char digits[8];
  std::snprintf(digits, sizeof digits, "%06o", sum);
  header.replace(148, 7, digits, 7);
}

std::string record(const std::string& key, const std::string& value) {
  const auto rest = ' ' + key + '=' + value + '\n';
  auto size = rest.size() + std::to_string(rest.size()).size();
  if (std::to_string(size).size() + rest.size() != size) ++size;
  return std::to_string(size) + rest;
}

/// "a/b" → "a/PaxHeaders.0/b", "a/b/" → "a/b/PaxHeaders.0"
std::string extension_name(const std::string& name) {
  const auto slash = name.rfind('/');
  const auto file = slash == std::string::npos ? name : name.substr(slash + 1);
  auto text = (slash == std::string::npos ? "" : name.substr(0, slash + 1)) + "PaxHeaders.0";
  if (!file.empty()) text += '/' + file;
  text = to_ascii(text).substr(0, name_length);
  return text.substr(0, text.find_last_not_of('/') + 1);
}

std::string extension(const std::string& name, const std::map<std::string, std::string>& records) {
  if (records.empty()) return {};
  std::string contents;
  for (const auto& [key, value] : records) contents += record(key, value);
  std::string header(tar_block, '\0');
  put_name(header, name_at, extension_name(name));
  for (const auto at : {100, 108, 116}) header.replace(static_cast<std::size_t>(at), 7, 7, '0');  // mode, owner, group
  char size[12];
  std::snprintf(size, sizeof size, "%011zo", contents.size());
  header.replace(124, 11, size, 11);
  header.replace(136, 11, 11, '0');  // time
  header[type_at] = 'x';
  header.replace(257, 8,
                 std::string("ustar\0"
                             "00",
                             8));
  put_checksum(header);
  return header + contents + tar_padding(contents.size());
}

}  // namespace

std::string LayerTar::header(std::string_view bytes) {
  const auto& entry = reader_.entry();
  if (folder_.empty()) {  // the folder itself comes first
    if (entry.type != '5' || entry.name.empty()) throw NotReproducible("the archive does not begin with a folder");
    folder_ = entry.name.ends_with('/') ? entry.name : entry.name + '/';
    return {};
  }
  if (entry.type == '3' && tar_number(bytes, 329, 8) == 0 && tar_number(bytes, 337, 8) == 0)
    throw NotReproducible("the layer removes " + entry.name);
  if (entry.type < '0' || entry.type > '6') throw NotReproducible("the archive is written in another way");
  const auto name = from_root(entry.name);
  const auto link = entry.type == '1' ? from_root(entry.link) : entry.link;
  auto records = entry.records;
  records.erase("path");
  records.erase("linkpath");
  const auto cut = records.empty() && !needs_record(link) ? cut_of(name) : 0;
  if (cut == 0 && needs_record(name)) records["path"] = name;
  if (needs_record(link)) records["linkpath"] = link;
  std::string changed(bytes);
  put_name(changed, name_at, cut == 0 ? name : name.substr(cut + 1));
  put_name(changed, link_at, link);
  changed.replace(prefix_at, prefix_length, prefix_length, '\0');
  changed.replace(prefix_at, cut, name, 0, cut);
  put_checksum(changed);
  return extension(name, records) + changed;
}

std::string LayerTar::from_root(const std::string& name) const {
  if (!name.starts_with(folder_)) throw NotReproducible("the archive names something out of its folder");
  return name.substr(folder_.size());
}

std::string LayerTar::pass(std::string_view piece) {
  std::string out;
  try {
    reader_.feed(piece);
    while (const auto part = reader_.next()) {
      if (part->is_header)
        out += header(part->bytes);
      else
        out += part->bytes;
      if (part->last) out += tar_padding(reader_.entry().size);
    }
  } catch (const BrokenTar& broken) {
    throw NotReproducible(std::string("the archive has ") + broken.what());
  }
  return out;
}

std::string LayerTar::finish() const {
  if (!reader_.ended() || folder_.empty()) throw NotReproducible("the archive was cut off");
  return tar_end();
}

}  // namespace gf::container
