#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "container/tar_reader.hpp"

namespace gf::container {

/// Takes the layers out of what Engine::save() gives, as they come: entries of a tar, each layer once, whatever the
/// number of images that share it. Which layer belongs to which image stands at its end only. Pure but for its buffers.
class SavedImages {
 public:
  /// The layers in one more piece of it. Throws BrokenTar.
  std::string pass(std::string_view piece);
  /// After the end: the sizes of the layers of the image with this id ("sha256:…"), base first. Throws BrokenTar when
  /// it was not among them, or does not have `count` layers.
  std::vector<std::uint64_t> sizes(const std::string& id, std::size_t count) const;

 private:
  enum class Kind { other, layer, list };
  Kind begin();

  TarReader reader_;
  Kind kind_ = Kind::other;
  std::string list_;                            ///< manifest.json
  std::map<std::string, std::uint64_t> sizes_;  ///< by name
  std::map<std::string, std::string> links_;    ///< a layer that stands under another name already
};

}  // namespace gf::container
