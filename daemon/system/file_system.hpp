#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace gf {

/// The few file operations that our own state needs: a seam (tests let the n-th write fail).
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual std::optional<std::string> read(const std::filesystem::path& path) = 0;  ///< nullopt when absent, or a folder
  /// Temporary file beside it, fsync, rename, fsync of the folder: readers see the old or the new text, never half.
  /// Creates missing folders with mode 0700; files get 0600. Throws Error(state_unwritable) with place and reason.
  virtual void write_atomically(const std::filesystem::path& path, const std::string& text) = 0;
  /// Appends and, when `durable`, fsyncs. Same errors.
  virtual void append(const std::filesystem::path& path, const std::string& text, bool durable) = 0;
  virtual void rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  /// Gives a file a second name in a folder that exists or is made; bytes are not copied.
  virtual void link(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  virtual void remove(const std::filesystem::path& path) = 0;  ///< recursively; absent is fine
  virtual std::vector<std::filesystem::path> list(const std::filesystem::path& folder) = 0;  ///< sorted; absent = empty
};

class PosixFileSystem final : public FileSystem {
 public:
  std::optional<std::string> read(const std::filesystem::path& path) override;
  void write_atomically(const std::filesystem::path& path, const std::string& text) override;
  void append(const std::filesystem::path& path, const std::string& text, bool durable) override;
  void rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
  void link(const std::filesystem::path& from, const std::filesystem::path& to) override;
  void remove(const std::filesystem::path& path) override;
  std::vector<std::filesystem::path> list(const std::filesystem::path& folder) override;
};

}  // namespace gf
