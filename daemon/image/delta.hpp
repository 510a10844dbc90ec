#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "image/oci.hpp"

namespace gf::image {

/// What must travel so that every node has every image.
struct Delta {
  std::vector<std::string> nodes;    ///< those that lack something, in order
  std::vector<OciImage> images;      ///< what one of them lacks
  std::vector<std::string> layers;   ///< to be read one by one out of the engine
  std::vector<std::string> exports;  ///< references of images to be read as wholes
  Sizes sizes;                       ///< of the layers that some node has
  bool empty() const { return nodes.empty(); }
};

/// So many layers are read one by one at most for an image; more take as long as the engine's export.
inline constexpr std::size_t few_layers = 4;

/// Pure. `stores` says of each node which blobs of the images it has. `doubted` are configurations, by node, that may
/// be there without their image: an import was broken off. `whole` are ids of images whose layers cannot be read one by
/// one. An image none of whose layers is in the nodes comes as a whole: everything must travel anyway, and the engine
/// reads it in one go, once for all such images.
Delta delta(const std::vector<OciImage>& images, const std::map<std::string, Sizes>& stores,
            const std::map<std::string, std::set<std::string>>& doubted, const std::set<std::string>& whole);

}  // namespace gf::image
