#pragma once
#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "container/engine.hpp"
#include "core/clock.hpp"
#include "core/signal.hpp"
#include "image/order.hpp"
#include "image/registry.hpp"
#include "image/transfer.hpp"
#include "operation/context.hpp"
#include "system/process_runner.hpp"

namespace gf::image {

/// Obtains platform images (those of images/) and puts images into the nodes. Io thread only.
///   present in the engine ─▶ use it;  else pull the official one;  else build it by images/image.
class ImageService {
 public:
  /// `driver` is the program images/image, which alone knows names, versions and content keys; `reach` leads to the
  /// agents in the nodes, `wiring` tells what the cluster says of a registry now.
  ImageService(Executor executor, Clock& clock, container::Engine& engine, ProcessRunner& processes,
               std::filesystem::path driver, Transfer::Reach reach, std::function<Wiring()> wiring);

  /// The references of platform images, in the order of `names`, without obtaining them. Asked from the driver once
  /// per name. Throws Error(not_found) for a name that images/ lacks.
  Task<std::vector<PlatformImage>> references(std::vector<std::string> names);

  /// Refuses what is sure to fail: throws Error(image_unavailable) for the first of `names` that is not here, cannot be
  /// built, and that no registry serves. Nothing is obtained.
  Task<> check(std::vector<std::string> names);

  /// Makes the platform image `name` present in the engine and returns the reference to use.
  /// Two callers at once: one works, the other waits. Throws Error(image_unavailable) or Error(build_failed).
  Task<std::string> obtain(std::string name, operation::Context& context);

  /// What pods call the image `name` of an app from now on.
  std::string app_reference(const std::string& name) const { return image::app_reference(wiring_().registry, name); }
  /// Brings `references` into those of `nodes` whose stores lack them: see Transfer. Images of apps that belong to the
  /// registry that the cluster names are pushed there instead, unless it has them: the nodes pull. An image that the
  /// engine does not have must be in all of them already, else Error(image_unavailable), as when the registry cannot be
  /// reached. Throws Error(bad_config) for images of apps where the cluster names a registry in a way that cannot be
  /// understood.
  Task<> load(std::vector<std::string> references, std::vector<std::string> nodes, operation::Context& context);
  /// Whether each of `nodes` has it in its store, or can pull it; false without nodes.
  Task<bool> all_hold(std::string reference, std::vector<std::string> nodes);
  /// Whether it can be run in `nodes` without a build: the engine has it, or all of them do or can pull it.
  Task<bool> at_hand(std::string reference, std::vector<std::string> nodes);
  /// What is in the store of `node`.
  Task<std::vector<StoredImage>> stored_in(std::string node);
  /// Takes it out of the stores of `nodes`; absent is fine. With it go other names of the very same image there: those
  /// that load() brought are each an image of its own.
  Task<> remove(std::string reference, std::vector<std::string> nodes);
  /// Unpacks loaded images ahead of their first containers. Unpacked ones stay as they are.
  Task<> unpack(std::vector<std::string> references, std::vector<std::string> nodes);

 private:
  Task<std::string> obtain_once(std::string name, operation::Context& context);
  Task<> build(PlatformImage wanted, operation::Context& context);
  Task<bool> pull(PlatformImage wanted, operation::Context& context);
  Task<bool> push(Registry registry, std::string name, std::string reference, operation::Context& context);
  Task<> push_as(std::string name, std::string reference, operation::Context& context);
  struct Found {
    std::vector<OciImage> images;
    std::vector<std::string> absent;  ///< from the engine
  };
  Task<Found> find(std::vector<std::string> references);
  Task<bool> hold_by_name(std::vector<std::string> references, std::vector<std::string> nodes);
  Task<std::set<std::string>> names_in(std::string node);

  Clock& clock_;
  container::Engine& engine_;
  ProcessRunner& processes_;
  std::filesystem::path driver_;
  std::map<std::string, PlatformImage> known_;
  Transfer transfer_;
  std::function<Wiring()> wiring_;
  std::set<std::string> busy_;  ///< names being obtained
  Signal freed_;
  std::optional<Clock::time_point> registry_failed_;
};

}  // namespace gf::image
