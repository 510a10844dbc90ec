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

/// A backup on its way to disk. Dies unfinished: leaves nothing.
class Sink {
 public:
  /// Takes the first free id from when `backup` began.
  Sink(FileSystem& files, std::filesystem::path folder, Backup backup);
  ~Sink();
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  void write(const std::string& bytes);
  /// From here on it is there.
  Backup finish(double now);
  std::uint64_t bytes() const { return backup_.bytes; }

 private:
  std::filesystem::path part() const;

  FileSystem& files_;
  std::filesystem::path folder_;
  Backup backup_;
  Sha256 digest_;
  bool finished_ = false;
};

/// So many bytes are moved at once: the most that a backup of any size takes of memory.
constexpr std::size_t piece_bytes = 1 << 20;

/// The bytes of a file from `offset`, at most piece_bytes; none at its end. Throws Error(not_found).
std::string read_piece(const std::filesystem::path& path, std::uint64_t offset);

}  // namespace gf::backup
