#include "container/saved_images.hpp"

#include <filesystem>

#include "container/tar.hpp"
#include "protocol/json.hpp"

namespace gf::container {

SavedImages::Kind SavedImages::begin() {
  const auto& entry = reader_.entry();
  if (entry.type == '2') {
    const std::filesystem::path name(entry.name);
    links_[entry.name] = (name.parent_path() / entry.link).lexically_normal().string();
  }
  if (entry.type != '0') return Kind::other;
  if (entry.name == "manifest.json") return Kind::list;
  // "<id>/layer.tar", from engines 25 on "blobs/sha256/<digest>", where small things stand too.
  if (!entry.name.ends_with("/layer.tar") && !entry.name.starts_with("blobs/")) return Kind::other;
  sizes_[entry.name] = entry.size;
  return Kind::layer;
}

std::string SavedImages::pass(std::string_view piece) {
  std::string out;
  reader_.feed(piece);
  while (const auto part = reader_.next()) {
    const auto& entry = reader_.entry();
    if (part->is_header) {
      kind_ = begin();
      if (kind_ == Kind::layer) out += tar_header(entry.name, entry.size, 0644);
    } else if (kind_ == Kind::layer) {
      out += part->bytes;
    } else if (kind_ == Kind::list) {
      list_ += part->bytes;
    }
    if (part->last && kind_ == Kind::layer) out += tar_padding(entry.size);
  }
  return out;
}

std::vector<std::uint64_t> SavedImages::sizes(const std::string& id, std::size_t count) const {
  const auto list = Json::parse(list_, nullptr, false);
  if (!list.is_array()) throw BrokenTar("no list of images");
  const auto digest = id.substr(id.find(':') + 1);
  for (const auto& image : list) {
    if (image.value("Config", "").find(digest) == std::string::npos) continue;
    std::vector<std::uint64_t> sizes;
    for (const auto& layer : image.at("Layers")) {
      auto name = layer.get<std::string>();
      if (const auto link = links_.find(name); link != links_.end()) name = link->second;
      const auto found = sizes_.find(name);
      if (found == sizes_.end()) throw BrokenTar("no layer " + name);
      sizes.push_back(found->second);
    }
    if (sizes.size() != count) throw BrokenTar("another number of layers than the image " + id);
    return sizes;
  }
  throw BrokenTar("no image " + id);
}

}  // namespace gf::container
