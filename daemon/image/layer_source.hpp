#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "container/engine.hpp"
#include "image/delta.hpp"

namespace gf::image {

/// Takes bytes at its own pace.
using Sink = std::function<Task<>(std::string)>;

/// Single layers out of the engine, whose API gives whole images only: made from their files and proven by their
/// digests before anybody sees them. Each is read once for its size and digest; what is small is kept from then, what
/// is large read again, so that nothing is written to disk. close() is to be awaited at the end, come what may; once
/// more where that was cancelled.
class LayerSource {
 public:
  explicit LayerSource(container::Engine& engine) : engine_(engine) {}

  /// Reads `layers` of `images`. Returns those whose tars could not be made from their files.
  Task<std::vector<std::string>> open(std::vector<OciImage> images, std::vector<std::string> layers);
  const Sizes& sizes() const { return sizes_; }  ///< of those that could
  /// The tar of one of those.
  Task<> send(std::string layer, Sink sink);
  Task<> close();

 private:
  Task<> read(std::string layer, Sink sink);
  Task<bool> prove(std::string layer);

  container::Engine& engine_;
  std::string mount_;                           ///< the container that mounts them; empty = none
  std::map<std::string, std::string> folders_;  ///< where, by digest
  Sizes sizes_;
  std::map<std::string, std::string> kept_;
  std::size_t kept_bytes_ = 0;
};

}  // namespace gf::image
