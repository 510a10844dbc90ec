#include "image/order.hpp"

#include <cstdlib>

#include "protocol/error.hpp"
#include "protocol/json.hpp"

namespace gf::image {

std::vector<PlatformImage> read_references(std::string_view text) {
  std::vector<PlatformImage> images;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto first = line.find('\t');
    const auto second = first == std::string_view::npos ? first : line.find('\t', first + 1);
    if (second == std::string_view::npos)
      throw Error(ErrorCode::internal, "cannot read the answer of images/image: '" + std::string(line) + "'");
    PlatformImage image;
    image.name = line.substr(0, first);
    image.built = line.substr(first + 1, second - first - 1);
    image.official = line.substr(second + 1);
    for (auto* reference : {&image.built, &image.official})
      if (*reference == "-") reference->clear();
    images.push_back(std::move(image));
  }
  return images;
}

Way next_way(bool built_present, bool official_present, const PlatformImage& wanted,
             std::optional<std::chrono::steady_clock::duration> since_registry_failed) {
  if (built_present) return Way::use_built;
  if (official_present) return Way::use_official;
  if (wanted.official.empty()) return Way::build;
  const bool registry_down = since_registry_failed && *since_registry_failed < std::chrono::minutes(10);
  return registry_down && !wanted.built.empty() ? Way::build : Way::pull;
}

std::vector<StoredImage> read_stored(const std::string& text) {
  std::vector<StoredImage> all;
  const auto answer = Json::parse(text);
  for (const auto& one : answer.at("images")) {
    StoredImage image;
    if (one.contains("repoTags") && one["repoTags"].is_array())
      for (const auto& tag : one["repoTags"]) image.references.insert(tag.get<std::string>());
    image.bytes = std::strtoull(one.value("size", "0").c_str(), nullptr, 10);  // protobuf's way with large numbers
    all.push_back(std::move(image));
  }
  return all;
}

std::string canonical(std::string_view reference) {
  std::string text(reference);
  const auto slash = text.find('/');
  const auto first = text.substr(0, slash);
  // The first part is a registry only when it looks like a host: Docker's own rule.
  const bool has_registry =
      slash != std::string::npos &&
      (first.find('.') != std::string::npos || first.find(':') != std::string::npos || first == "localhost");
  if (!has_registry) text = (slash == std::string::npos ? "docker.io/library/" : "docker.io/") + text;
  if (text.find(':', text.rfind('/')) == std::string::npos) text += ":latest";
  return text;
}

std::string familiar(std::string_view canonical_reference) {
  for (const std::string_view implied : {"docker.io/library/", "docker.io/"})
    if (canonical_reference.starts_with(implied)) return std::string(canonical_reference.substr(implied.size()));
  return std::string(canonical_reference);
}

}  // namespace gf::image
