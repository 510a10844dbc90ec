#pragma once
#include "deploy/history.hpp"
#include "kube/mirror.hpp"

namespace gf::deploy {

/// What app images may take together before the oldest go.
inline constexpr std::uint64_t image_budget = 5ull << 30;

/// Pure: entries of several stores that share a name, as one image each.
std::vector<image::StoredImage> merged(std::vector<image::StoredImage> all);

using IsOurs = std::function<bool(const std::string& reference)>;

/// Pure: the references to remove so that what is left fits into `budget`: of images all of whose names are ours and
/// none is `kept`, the one that was used longest ago first. Others neither go nor count. What is kept may exceed the
/// budget: then all others go. References are canonical.
std::vector<std::string> images_to_remove(const std::vector<image::StoredImage>& images, const IsOurs& is_ours,
                                          const std::set<std::string>& kept, std::uint64_t budget);

/// Removes images of apps that are too old to be kept from the nodes and the engine. Never one that a pod uses, that is
/// among the last versions of a branch, or that this daemon did not build. A registry that the nodes pull from keeps
/// what it has. Io thread only.
class ImageCollector {
 public:
  struct Collaborators {
    Executor executor;
    container::Engine& engine;
    image::ImageService& images;
    ImageBuilder& builder;
    kube::KubeApi& kube;
    kube::Mirror& mirror;
    History& history;
    std::function<std::vector<std::string>()> nodes;
    std::function<std::set<std::string>()> in_hand;  ///< references that an app is about to run
    std::function<void(const std::string& sentence)> log;
  };
  ImageCollector(Collaborators with, std::uint64_t budget);

  /// Looks in the background; while it does, once more afterwards.
  void begin();
  Task<> stop() { return collecting_.stop(); }

 private:
  Task<> run();
  Task<> collect();
  Task<std::vector<image::StoredImage>> stored(std::vector<std::string> nodes);
  Task<std::set<std::string>> used();
  std::set<std::string> in_hand() const;
  bool is_ours(const std::string& reference) const;

  Collaborators with_;
  std::uint64_t budget_;
  bool busy_ = false, again_ = false;
  TaskGroup collecting_;
};

}  // namespace gf::deploy
