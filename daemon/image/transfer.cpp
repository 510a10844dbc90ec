#include "image/transfer.hpp"

#include <algorithm>

#include "container/saved_images.hpp"
#include "container/tar.hpp"
#include "core/when_all.hpp"
#include "protocol/error.hpp"

namespace gf::image {

namespace {

using operation::Context;

Error not_loaded(const std::string& node, const std::string& why) {
  return Error(ErrorCode::cluster_failed, "cannot load images into node '" + node + "'", "", why);
}

/// With the node's name, where the link has not told it.
Error in_node(const std::string& node, const Error& error) {
  return error.code() == ErrorCode::cluster_failed ? not_loaded(node, error.message()) : error;
}

Task<node::BlobSizes> ask(const Transfer::Reach& reach, std::string node, std::vector<std::string> digests) {
  auto reaching = reach(node);
  auto* const link = co_await std::move(reaching);
  auto asking = link->blobs(std::move(digests));
  try {
    co_return co_await std::move(asking);
  } catch (const Error& error) {
    throw in_node(node, error);
  }
}

/// A step of an import.
Task<> within(std::string node, Task<> step) {
  try {
    co_await std::move(step);
  } catch (const Error& error) {
    throw in_node(node, error);
  }
}

}  // namespace

Task<Transfer::Stores> Transfer::look(std::vector<OciImage> images, std::vector<std::string> nodes) {
  std::set<std::string> wanted;
  for (const auto& image : images) {
    wanted.insert(image.digest);
    wanted.insert(image.layers.begin(), image.layers.end());
  }
  const std::vector<std::string> digests(wanted.begin(), wanted.end());
  std::vector<Task<node::BlobSizes>> asking;
  for (const auto& node : nodes) asking.push_back(ask(reach_, node, digests));
  auto all = when_all(std::move(asking));
  const auto answers = co_await std::move(all);
  Stores stores;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    auto& store = stores[nodes[i]];
    for (std::size_t j = 0; j < digests.size(); ++j)
      if (answers[i][j]) store[digests[j]] = *answers[i][j];
  }
  co_return stores;
}

Task<bool> Transfer::complete(std::vector<OciImage> images, std::vector<std::string> nodes) {
  auto looking = look(images, std::move(nodes));
  const auto stores = co_await std::move(looking);
  co_return delta(images, stores, doubted_, {}).empty();
}

Task<> Transfer::run(std::vector<OciImage> images, std::vector<std::string> nodes, Context& context) {
  LayerSource layers(engine_);
  std::exception_ptr thrown;
  try {
    auto running = run_from(layers, std::move(images), std::move(nodes), context);
    co_await std::move(running);
    auto closing = layers.close();
    co_await std::move(closing);
  } catch (...) {
    thrown = std::current_exception();
  }
  if (!thrown) co_return;
  co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
  try {
    auto closing = layers.close();
    co_await std::move(closing);
  } catch (const Error&) {  // what was thrown first says more
  }
  // Whoever tries again can be cancelled then.
  co_await net::this_coro::reset_cancellation_state(net::enable_terminal_cancellation());
  std::rethrow_exception(thrown);
}

Task<> Transfer::run_from(LayerSource& layers, std::vector<OciImage> images, std::vector<std::string> nodes,
                          Context& context) {
  std::set<std::string> whole;
  for (int sent = 0;; ++sent) {
    auto looking = look(images, nodes);
    const auto stores = co_await std::move(looking);
    auto lacking = delta(images, stores, doubted_, whole);
    if (lacking.empty()) co_return;
    if (sent == 2) throw not_loaded(lacking.nodes.front(), "what was sent is not there");
    if (sent == 1) {  // what a store had was collected as garbage meanwhile: now all of it
      for (const auto& image : images) whole.insert(image.id);
      lacking = delta(images, stores, doubted_, whole);
    }
    if (!lacking.layers.empty()) {
      auto opening = layers.open(lacking.images, lacking.layers);
      const auto failed = co_await std::move(opening);
      for (const auto& image : images)
        if (std::ranges::any_of(failed, [&](const auto& one) { return std::ranges::count(image.layers, one) > 0; }))
          whole.insert(image.id);
      if (!failed.empty()) lacking = delta(images, stores, doubted_, whole);
    }
    auto sending = send(std::move(lacking), layers, context);
    co_await std::move(sending);
  }
}

Task<std::vector<std::unique_ptr<node::Import>>> Transfer::begin(std::vector<std::string> nodes) {
  std::vector<std::unique_ptr<node::Import>> imports;
  for (const auto& node : nodes) {
    auto reaching = reach_(node);
    auto* const link = co_await std::move(reaching);
    auto beginning = link->import_images();
    imports.push_back(co_await std::move(beginning));
  }
  co_return imports;
}

Task<> Transfer::send(Delta delta, LayerSource& layers, Context& context) {
  for (const auto& node : delta.nodes)
    for (const auto& image : delta.images) doubted_[node].insert(image.digest);
  std::uint64_t done = 0, total = 0;
  for (const auto& layer : delta.layers) total += layers.sizes().at(layer);
  for (const auto& image : delta.images)
    if (std::ranges::count(delta.exports, image.reference) > 0) total += image.bytes;
  auto beginning = begin(delta.nodes);
  const auto imports = co_await std::move(beginning);
  // One stream out of the engine, every node fed from it: the slowest sets the pace, nothing is kept.
  const Sink sink = [&](std::string piece) -> Task<> {
    if (piece.empty()) co_return;
    std::vector<Task<>> writes;
    for (std::size_t i = 0; i < imports.size(); ++i) writes.push_back(within(delta.nodes[i], imports[i]->write(piece)));
    auto all = when_all(std::move(writes));
    co_await std::move(all);
    done += piece.size();
    context.progress(done, std::max(done, total), "bytes");
  };
  auto sizes = delta.sizes;
  auto opening = sink(archive_begin());
  co_await std::move(opening);
  for (const auto& layer : delta.layers) {
    const auto size = sizes[layer] = layers.sizes().at(layer);
    auto heading = sink(blob_entry(layer, size));
    co_await std::move(heading);
    auto sending = layers.send(layer, sink);
    co_await std::move(sending);
    auto padding = sink(container::tar_padding(size));
    co_await std::move(padding);
  }
  if (!delta.exports.empty()) {
    auto exporting = send_exported(delta, sizes, sink);
    co_await std::move(exporting);
  }
  auto closing = sink(archive_end(delta.images, sizes));
  co_await std::move(closing);
  std::vector<Task<>> finishing;
  for (std::size_t i = 0; i < imports.size(); ++i) finishing.push_back(within(delta.nodes[i], imports[i]->finish()));
  auto all = when_all(std::move(finishing));
  co_await std::move(all);
  for (const auto& node : delta.nodes)
    for (const auto& image : delta.images) doubted_[node].erase(image.digest);
}

Task<> Transfer::send_exported(const Delta& delta, Sizes& sizes, Sink sink) {
  container::SavedImages saved;
  auto saving = engine_.save(delta.exports);
  const auto tar = co_await std::move(saving);
  try {
    for (;;) {
      auto reading = tar->read();
      const auto piece = co_await std::move(reading);
      if (!piece) break;
      auto sending = sink(saved.pass(*piece));
      co_await std::move(sending);
    }
    for (const auto& image : delta.images) {
      if (std::ranges::count(delta.exports, image.reference) == 0) continue;
      const auto of_image = saved.sizes(image.id, image.layers.size());
      for (std::size_t i = 0; i < of_image.size(); ++i) sizes[image.layers[i]] = of_image[i];
    }
  } catch (const container::BrokenTar& broken) {
    throw Error(ErrorCode::image_unavailable, "cannot read the images out of the container engine",
                "with Docker's containerd image store, turn that off: features.containerd-snapshotter in daemon.json",
                std::string("its export has ") + broken.what());
  }
}

}  // namespace gf::image
