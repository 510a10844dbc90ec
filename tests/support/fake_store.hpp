#pragma once
#include <map>
#include <set>
#include <string>

#include "container/tar_reader.hpp"
#include "core/digest.hpp"
#include "protocol/error.hpp"
#include "protocol/json.hpp"

namespace gf::test {

/// What a node's container runtime keeps of images, and what it does with an archive: blobs are known by what they are,
/// whatever their names; the list of images comes in only when the archive is whole.
struct FakeStore {
  std::map<std::string, std::string> blobs;  ///< by digest
  std::set<std::string> names;

  void import(const std::string& archive) {
    container::TarReader reader;
    reader.feed(archive);
    std::map<std::string, std::string> files;
    while (const auto part = reader.next())
      if (auto& file = files[reader.entry().name]; !part->is_header) file += part->bytes;
    files.erase("oci-layout");
    for (const auto& [name, contents] : files)
      if (name != "index.json") blobs[sha256_hex(contents)] = contents;
    if (!reader.ended() || !files.contains("index.json"))
      throw Error(ErrorCode::cluster_failed, "cannot import images: ctr: unrecognized image format");
    const auto index = Json::parse(files["index.json"]);
    for (const auto& manifest : index.at("manifests")) {
      if (!blobs.contains(manifest.at("digest").get<std::string>().substr(7)))
        throw Error(ErrorCode::cluster_failed, "cannot import images: ctr: content not found");
      names.insert(manifest.at("annotations").at("io.containerd.image.name").get<std::string>());
    }
  }
};

}  // namespace gf::test
