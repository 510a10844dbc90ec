#include "image/layer_source.hpp"

#include <algorithm>

#include "container/layer_tar.hpp"
#include "core/digest.hpp"
#include "protocol/error.hpp"

namespace gf::image {

namespace {

constexpr std::size_t kept_limit = 32 << 20;  ///< of all layers together

/// Whatever the engine has against it, it still exports whole images.
bool other_way_open(const Error& error) { return error.code() == ErrorCode::image_unavailable; }

}  // namespace

Task<std::vector<std::string>> LayerSource::open(std::vector<OciImage> images, std::vector<std::string> layers) {
  std::vector<std::string> failed, mounting;
  for (const auto& image : images)
    for (std::size_t i = 0; i < image.folders.size(); ++i) {
      const auto& layer = image.layers[i];
      if (folders_.contains(layer) || std::ranges::find(layers, layer) == layers.end()) continue;
      folders_[layer] = container::mounted(mounting.size());
      mounting.push_back(image.folders[i]);
    }
  if (mounting.empty()) co_return layers;
  try {
    auto making = engine_.mount(images.front().id, std::move(mounting));
    mount_ = co_await std::move(making);
  } catch (const Error& error) {
    if (!other_way_open(error)) throw;
    co_return layers;
  }
  for (const auto& layer : layers) {
    auto proving = prove(layer);
    if (!co_await std::move(proving)) failed.push_back(layer);
  }
  co_return failed;
}

Task<bool> LayerSource::prove(std::string layer) {
  Sha256 sum;
  std::uint64_t size = 0;
  std::string bytes;
  const auto room = kept_limit - kept_bytes_;
  auto sink = Sink([&](std::string piece) -> Task<> {
    sum.update(piece);
    size += piece.size();
    if (size <= room)
      bytes += piece;
    else
      bytes = std::string();
    co_return;
  });
  try {
    auto reading = read(layer, std::move(sink));
    co_await std::move(reading);
  } catch (const container::NotReproducible&) {
    co_return false;
  } catch (const Error& error) {
    if (!other_way_open(error)) throw;
    co_return false;
  }
  if (sum.hex() != layer) co_return false;
  sizes_[layer] = size;
  if (size <= room) {
    kept_bytes_ += bytes.size();
    kept_[layer] = std::move(bytes);
  }
  co_return true;
}

Task<> LayerSource::read(std::string layer, Sink sink) {
  auto opening = engine_.get_archive(mount_, folders_.at(layer));
  const auto archive = co_await std::move(opening);
  container::LayerTar tar;
  for (;;) {
    auto reading = archive->read();
    const auto piece = co_await std::move(reading);
    if (!piece) break;
    auto sending = sink(tar.pass(*piece));
    co_await std::move(sending);
  }
  auto sending = sink(tar.finish());
  co_await std::move(sending);
}

Task<> LayerSource::send(std::string layer, Sink sink) {
  if (const auto kept = kept_.find(layer); kept != kept_.end()) {
    auto sending = sink(kept->second);
    co_await std::move(sending);
    co_return;
  }
  auto reading = read(std::move(layer), std::move(sink));
  co_await std::move(reading);
}

Task<> LayerSource::close() {
  if (mount_.empty()) co_return;
  auto removing = engine_.remove(mount_);
  co_await std::move(removing);
  mount_.clear();
}

}  // namespace gf::image
