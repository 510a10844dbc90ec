#pragma once
#include <map>

#include "protocol/error.hpp"
#include "system/file_system.hpp"

namespace gf::test {

/// Files in a map. `fail_after` writes succeed, then the disk is "full" (-1: never).
class MemoryFileSystem final : public FileSystem {
 public:
  int fail_after = -1;
  std::map<std::filesystem::path, std::string> files;

  std::optional<std::string> read(const std::filesystem::path& path) override {
    const auto found = files.find(path);
    if (found == files.end()) return std::nullopt;
    return found->second;
  }
  void write_atomically(const std::filesystem::path& path, const std::string& text) override {
    count_write(path);
    files[path] = text;
  }
  void append(const std::filesystem::path& path, const std::string& text, bool) override {
    count_write(path);
    files[path] += text;
  }
  void rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    files[to] = std::move(files.at(from));
    files.erase(from);
  }
  void link(const std::filesystem::path& from, const std::filesystem::path& to) override {
    count_write(to);
    files[to] = files.at(from);
  }
  void remove(const std::filesystem::path& path) override {
    std::erase_if(files, [&](const auto& entry) {
      const auto relative = entry.first.lexically_relative(path);
      return !relative.empty() && *relative.begin() != "..";
    });
  }
  std::vector<std::filesystem::path> list(const std::filesystem::path& folder) override {
    std::vector<std::filesystem::path> found;
    for (const auto& [path, text] : files) {
      const auto relative = path.lexically_relative(folder);
      if (relative.empty() || *relative.begin() == ".." || relative == ".") continue;
      const auto entry = folder / *relative.begin();
      if (found.empty() || found.back() != entry) found.push_back(entry);
    }
    return found;
  }

 private:
  void count_write(const std::filesystem::path& path) {
    if (fail_after == 0)
      throw Error(ErrorCode::state_unwritable, "cannot write " + path.string() + ": No space left on device");
    if (fail_after > 0) --fail_after;
  }
};

}  // namespace gf::test
