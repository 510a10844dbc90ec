#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "container/engine.hpp"

namespace gf::image {

/// An image as it stands in a node. What is in it follows from the image in the engine and its name alone, so that the
/// digest of its configuration stands for both: a node whose store has that blob has the image under that name.
struct OciImage {
  std::string reference;             ///< as it was asked for
  std::string name;                  ///< canonical
  std::string id;                    ///< in the engine
  std::string configuration;         ///< JSON
  std::string digest;                ///< of the configuration, hex
  std::vector<std::string> layers;   ///< digests of their tars, hex, base first
  std::vector<std::string> folders;  ///< of the layers in the engine; empty when it does not tell
  std::uint64_t bytes = 0;           ///< in the engine
};

/// Sizes of blobs by their digests.
using Sizes = std::map<std::string, std::uint64_t>;

/// Pure.
OciImage oci_image(const container::Image& image, const std::string& reference);

/// Pure: the beginning of an archive of the OCI layout. Blobs follow in any order, each as blob_entry() or under any
/// other name: the runtime knows them by what they are.
std::string archive_begin();
/// Pure: what stands before a blob's bytes; after them tar_padding(size).
std::string blob_entry(const std::string& digest, std::uint64_t size);
/// Pure: the configurations, manifests and the list of `images`, then the end. Names come last: an archive that was cut
/// off imports nothing. `sizes` has every layer.
std::string archive_end(const std::vector<OciImage>& images, const Sizes& sizes);

}  // namespace gf::image
