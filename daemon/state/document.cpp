#include "state/document.hpp"

#include <stdexcept>

namespace gf::state {

Document::Document(FileSystem& files, std::filesystem::path path, std::vector<Migration> migrations)
    : files_(files), path_(std::move(path)), migrations_(std::move(migrations)) {}

/// In the newest version. Throws for whatever is no document of ours.
Json Document::contents(const std::string& text) const {
  auto whole = Json::parse(text);
  const auto newest = migrations_.size() + 1;
  auto version = whole.at("version").get<std::size_t>();
  if (version < 1 || version > newest) throw std::out_of_range("a version that is not known");
  auto contents = std::move(whole.at("contents"));
  for (; version < newest; ++version) contents = migrations_[version - 1](std::move(contents));
  return contents;
}

void Document::keep_aside() {
  for (int number = 1;; ++number) {
    auto aside = path_;
    aside += ".corrupt-" + std::to_string(number);
    if (files_.read(aside)) continue;
    files_.rename(path_, aside);
    kept_aside_ = aside;
    return;
  }
}

std::string Document::warning(const std::string& what, const std::string& remedy) const {
  if (kept_aside_.empty()) return {};
  return what + " was damaged and is kept at " + kept_aside_.string() + ": " + remedy;
}

void Document::save(const Json& contents) {
  files_.write_atomically(path_, dump(Json{{"version", migrations_.size() + 1}, {"contents", contents}}, 1) + "\n");
}

}  // namespace gf::state
