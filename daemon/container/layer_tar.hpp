#pragma once
#include <stdexcept>
#include <string>
#include <string_view>

#include "container/tar_reader.hpp"

namespace gf::container {

/// Why a layer's own tar cannot be made from its files.
struct NotReproducible : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Makes the tar that a layer is known by (its digest) from the engine's archive of the folder that holds the layer:
/// the same entries, named from the root instead of from that folder, written as the engine writes them (Go's
/// archive/tar). Files that the layer removes are not reproduced: they are seen and refused. Folders whose former
/// contents the layer hides are not seen: only the digest tells. Pure but for its buffers.
class LayerTar {
 public:
  /// What is known of it after one more piece of the archive. Throws NotReproducible.
  std::string pass(std::string_view piece);
  /// The end of it. Throws NotReproducible when the archive was cut off.
  std::string finish() const;

 private:
  std::string header(std::string_view bytes);
  std::string from_root(const std::string& name) const;

  TarReader reader_;
  std::string folder_;  ///< what all names begin with: "l0/"
};

}  // namespace gf::container
