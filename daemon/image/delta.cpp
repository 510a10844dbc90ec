#include "image/delta.hpp"

#include <algorithm>

namespace gf::image {

namespace {

bool holds(const Sizes& store, const std::set<std::string>& doubted, const OciImage& image) {
  return store.contains(image.digest) && !doubted.contains(image.digest) &&
         std::ranges::all_of(image.layers, [&](const auto& layer) { return store.contains(layer); });
}

}  // namespace

Delta delta(const std::vector<OciImage>& images, const std::map<std::string, Sizes>& stores,
            const std::map<std::string, std::set<std::string>>& doubted, const std::set<std::string>& whole) {
  Delta found;
  std::set<std::string> nodes, layers, exported;
  for (const auto& image : images) {
    std::vector<std::string> lacking;
    bool held = true;
    for (const auto& [node, store] : stores) {
      const auto doubts = doubted.find(node);
      if (holds(store, doubts == doubted.end() ? std::set<std::string>() : doubts->second, image)) continue;
      held = false;
      nodes.insert(node);
      for (const auto& layer : image.layers)
        if (!store.contains(layer) && std::ranges::find(lacking, layer) == lacking.end()) lacking.push_back(layer);
    }
    if (held) continue;
    found.images.push_back(image);
    const bool in_parts = !image.folders.empty() && !whole.contains(image.id) && lacking.size() <= few_layers &&
                          lacking.size() < image.layers.size();
    if (lacking.empty() || in_parts) {
      layers.insert(lacking.begin(), lacking.end());
    } else {
      found.exports.push_back(image.reference);
      exported.insert(image.layers.begin(), image.layers.end());
    }
  }
  std::erase_if(layers, [&](const auto& layer) { return exported.contains(layer); });
  found.nodes.assign(nodes.begin(), nodes.end());
  found.layers.assign(layers.begin(), layers.end());
  for (const auto& [node, store] : stores) found.sizes.insert(store.begin(), store.end());
  return found;
}

}  // namespace gf::image
