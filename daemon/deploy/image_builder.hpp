#pragma once
#include "core/offload.hpp"
#include "deploy/plan.hpp"
#include "image/image_service.hpp"
#include "operation/context.hpp"
#include "source/source_watcher.hpp"
#include "state/document.hpp"

namespace gf::deploy {

/// An app's image and what was in its synced folders when it was built.
struct BuiltImage {
  std::string reference;
  std::string key;
};

/// Builds the images of apps out of their checkout's tree by the engine's API; one that is there is not built again.
class ImageBuilder {
 public:
  ImageBuilder(container::Engine& engine, image::ImageService& images, WorkerPool& workers, FileSystem& files,
               std::filesystem::path folder)
      : engine_(engine), images_(images), workers_(workers), files_(files), folder_(std::move(folder)) {}

  /// What the image of `app` is called for this tree, without building it. Obtains the platform images that its build
  /// arguments name. `project`: as greenfield.yaml calls it, so that its checkouts share what they have in common.
  Task<BuiltImage> name(std::string project, std::string root, AppSpec app, std::shared_ptr<const source::Tree> tree,
                        operation::Context& context);
  /// Ensures `image`, which name() has named for that tree. Throws Error(build_failed) with the compiler's words.
  Task<> build(std::string project, std::string root, AppSpec app, std::shared_ptr<const source::Tree> tree,
               BuiltImage image, operation::Context& context);
  /// The engine's copy of an image, nullopt when it has none.
  Task<std::optional<container::Image>> image(std::string reference) { return engine_.image(std::move(reference)); }
  /// Whether it was built here, and not by another daemon with the same engine.
  bool has_built(const std::string& reference) const { return files_.read(record(reference)).has_value(); }
  /// It is there no more.
  void forget(const std::string& reference) { files_.remove(record(reference)); }
  /// The checkout's paths that were in the image when it was built: what a fresh container may have too much of.
  std::vector<std::string> paths_in(const std::string& reference);

 private:
  Task<std::map<std::string, std::string>> arguments(AppSpec app, operation::Context& context);
  std::filesystem::path record(const std::string& reference) const;

  container::Engine& engine_;
  image::ImageService& images_;
  WorkerPool& workers_;
  FileSystem& files_;
  std::filesystem::path folder_;
};

}  // namespace gf::deploy
