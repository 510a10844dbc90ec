#pragma once
#include <memory>

#include "backup/backup.hpp"
#include "core/digest.hpp"
#include "system/file_system.hpp"

// The backups on this machine: <folder>/<project>/<addon>/<id>.<extension> with its description <id>.json beside it,
// which is written last: without it there is no backup. What is not whole yet is called <id>.<extension>.part. All of
// it blocks, and is called through offload().
namespace gf::backup {

std::filesystem::path place_of(const std::filesystem::path& folder, const Backup& backup);

/// The backups of a project, the oldest first; those whose file is gone are left out.
std::vector<Backup> list(FileSystem& files, const std::filesystem::path& folder, const std::string& project);
/// Removes what a crash left behind: what has no description. Nothing may be written there at this time.
void sweep(FileSystem& files, const std::filesystem::path& folder);
void remove(FileSystem& files, const std::filesystem::path& folder, const Backup& backup);

/// What a file holds.
struct Content {
  std::uint64_t bytes = 0;
  std::string sha256;
  bool operator==(const Content&) const = default;
};

/// A file on its way to disk. Dies unfinished: leaves nothing.
class FileSink {
 public:
  FileSink(FileSystem& files, std::filesystem::path place);
  ~FileSink();
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  void write(const std::string& bytes);
  /// From here on it is there.
  Content finish();
  std::uint64_t bytes() const { return bytes_; }

 private:
  std::filesystem::path part() const;

  FileSystem& files_;
  std::filesystem::path place_;
  Sha256 digest_;
  std::uint64_t bytes_ = 0;
  bool finished_ = false;
};

/// A backup on its way to disk. Dies unfinished: leaves nothing.
class Sink {
 public:
  /// Takes the first free id from when `backup` began.
  Sink(FileSystem& files, std::filesystem::path folder, Backup backup);

  FileSink& file() { return file_; }
  /// From here on it is there.
  Backup finish(double now);

 private:
  FileSystem& files_;
  std::filesystem::path folder_;
  Backup backup_;
  FileSink file_;
};

/// So many bytes are moved at once: the most that a backup of any size takes of memory.
constexpr std::size_t piece_bytes = 1 << 20;

/// The bytes of a file from `offset`, at most piece_bytes; none at its end. Throws Error(not_found).
std::string read_piece(const std::filesystem::path& path, std::uint64_t offset);

}  // namespace gf::backup
