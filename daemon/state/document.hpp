#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "protocol/json.hpp"
#include "system/file_system.hpp"

namespace gf::state {

/// Turns the contents of version n into those of version n + 1.
using Migration = std::function<Json(Json)>;

/// One durable JSON document per concern: {"version": N, "contents": …}.
class Document {
 public:
  /// `migrations[i]` leads from version i + 1 to i + 2; the current version is migrations.size() + 1.
  Document(FileSystem& files, std::filesystem::path path, std::vector<Migration> migrations = {});

  /// The contents, or `fallback` when the file is absent. A corrupt file (or one of a newer version) is kept aside as
  /// <name>.corrupt-<n> and said so through `kept_aside()`; the fallback is then returned. Nothing is lost.
  Json load(Json fallback);
  /// Throws Error(state_unwritable); the file then still has its former contents.
  void save(const Json& contents);
  /// The path that a corrupt file was moved to by load(), else empty.
  const std::filesystem::path& kept_aside() const { return kept_aside_; }

 private:
  FileSystem& files_;
  std::filesystem::path path_, kept_aside_;
  std::vector<Migration> migrations_;
};

}  // namespace gf::state
