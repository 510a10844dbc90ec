#include "state/document.hpp"

#include "protocol/error.hpp"

namespace gf::state {

Document::Document(FileSystem& files, std::filesystem::path path, std::vector<Migration> migrations)
    : files_(files), path_(std::move(path)), migrations_(std::move(migrations)) {}

Json Document::load(Json fallback) {
  kept_aside_.clear();
  const auto text = files_.read(path_);
  if (!text) return fallback;
  const auto whole = Json::parse(*text, nullptr, false);
  const auto newest = migrations_.size() + 1;
  if (whole.is_object() && whole.contains("contents") && whole.contains("version") &&
      whole["version"].is_number_unsigned()) {
    auto version = whole["version"].get<std::size_t>();
    if (version >= 1 && version <= newest) {
      auto contents = whole["contents"];
      for (; version < newest; ++version) contents = migrations_[version - 1](std::move(contents));
      return contents;
    }
  }
  for (int number = 1;; ++number) {
    auto aside = path_;
    aside += ".corrupt-" + std::to_string(number);
    if (files_.read(aside)) continue;
    files_.rename(path_, aside);
    kept_aside_ = aside;
    return fallback;
  }
}

void Document::save(const Json& contents) {
  files_.write_atomically(path_, dump(Json{{"version", migrations_.size() + 1}, {"contents", contents}}, 1) + "\n");
}

}  // namespace gf::state
