#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <type_traits>
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

  /// What `read` makes of the contents; an empty value when the file is absent. A file that is damaged (no JSON, of a
  /// newer version, or of a shape that makes `read` throw) is kept aside as <name>.corrupt-<n>: nothing is lost, and
  /// warning() says so.
  template <class Read>
  auto load(Read read) -> std::invoke_result_t<Read, const Json&> {
    kept_aside_.clear();
    const auto text = files_.read(path_);
    if (!text) return {};
    try {
      return read(contents(*text));
    } catch (const std::exception&) {
      keep_aside();
    }
    return {};
  }
  /// Throws Error(state_unwritable); the file then still has its former contents.
  void save(const Json& contents);
  /// The path that a damaged file was moved to by load(), else empty.
  const std::filesystem::path& kept_aside() const { return kept_aside_; }
  /// A sentence about that for people: `what` this file is and what they can do; else "".
  std::string warning(const std::string& what, const std::string& remedy) const;

 private:
  Json contents(const std::string& text) const;
  void keep_aside();

  FileSystem& files_;
  std::filesystem::path path_, kept_aside_;
  std::vector<Migration> migrations_;
};

}  // namespace gf::state
