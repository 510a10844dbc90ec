#pragma once
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gf::image {

/// How the references of the images begin that images/image builds.
inline constexpr std::string_view built_prefix = "greenfield/";

/// A row of `images/image ref`.
struct PlatformImage {
  std::string name;
  std::string built;     ///< "greenfield/redis:0123456789abcdef": what building it gives; empty when no package has it
  std::string official;  ///< what a registry serves; empty when there is none
};

/// Pure: reads the driver's answer (NAME TAB REF TAB OFFICIAL, "-" for none).
/// Throws Error(internal) for a line of another shape.
std::vector<PlatformImage> read_references(std::string_view text);

enum class Way { use_built, use_official, pull, build };

/// Pure: "auto" order. Present wins (ours first: it was made for just this version), then pulling unless there is
/// nothing to pull or the registry failed within the last ten minutes, then building, where that is possible.
Way next_way(bool built_present, bool official_present, const PlatformImage& wanted,
             std::optional<std::chrono::steady_clock::duration> since_registry_failed);

/// An image in a store: one that several stores have counts once.
struct StoredImage {
  std::set<std::string> references;  ///< canonical
  std::uint64_t bytes = 0;
  double used = 0;  ///< when it came in last, seconds since the epoch; 0 = not known
};

/// Pure: reads the answer of `crictl images -o json`. Throws Json's own exceptions for another shape.
std::vector<StoredImage> read_stored(const std::string& text);

/// Pure: the reference as containerd stores it: "redis:8" → "docker.io/library/redis:8".
std::string canonical(std::string_view reference);
/// Pure: a canonical reference as the engine has it among its tags: "docker.io/a/b:1" → "a/b:1".
std::string familiar(std::string_view canonical_reference);

}  // namespace gf::image
