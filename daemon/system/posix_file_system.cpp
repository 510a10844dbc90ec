#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "protocol/error.hpp"
#include "system/file_system.hpp"

namespace gf {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void refuse(const fs::path& path, int reason) {
  throw Error(
      ErrorCode::state_unwritable, "cannot write " + path.string() + ": " + std::strerror(reason),
      reason == ENOSPC ? "free some disk space; what was there is kept" : "look at the folder's owner and mode");
}

/// A descriptor that closes itself.
class File {
 public:
  File(const fs::path& path, int flags) : path_(path), descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
    if (descriptor_ < 0) refuse(path, errno);
  }
  ~File() { ::close(descriptor_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  void write(std::string_view text) {
    while (!text.empty()) {
      const auto count = ::write(descriptor_, text.data(), text.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) refuse(path_, errno);
      text.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  void sync() {
    if (::fsync(descriptor_) != 0) refuse(path_, errno);
  }

 private:
  fs::path path_;
  int descriptor_;
};

void make_folder(const fs::path& folder) {
  if (folder.empty() || fs::is_directory(folder)) return;
  make_folder(folder.parent_path());
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) refuse(folder, errno);
}

}  // namespace

std::optional<std::string> PosixFileSystem::read(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  std::string text;
  char piece[65536];
  ssize_t count = 0;
  while ((count = ::read(descriptor, piece, sizeof piece)) > 0) text.append(piece, static_cast<std::size_t>(count));
  const bool is_folder = count < 0 && errno == EISDIR;
  ::close(descriptor);
  return is_folder ? std::nullopt : std::optional(std::move(text));
}

void PosixFileSystem::write_atomically(const fs::path& path, const std::string& text) {
  make_folder(path.parent_path());
  auto beside = path;
  beside += ".new";
  try {
    File file(beside, O_WRONLY | O_CREAT | O_TRUNC);
    file.write(text);
    file.sync();
  } catch (const Error&) {
    ::unlink(beside.c_str());
    throw;
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) refuse(path, errno);
  // The rename itself is durable only when the folder is.
  File folder(path.parent_path(), O_RDONLY | O_DIRECTORY);
  folder.sync();
}

void PosixFileSystem::append(const fs::path& path, const std::string& text, bool durable) {
  make_folder(path.parent_path());
  File file(path, O_WRONLY | O_CREAT | O_APPEND);
  file.write(text);
  if (durable) file.sync();
}

void PosixFileSystem::rename(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) refuse(to, errno);
}

void PosixFileSystem::link(const fs::path& from, const fs::path& to) {
  make_folder(to.parent_path());
  if (::link(from.c_str(), to.c_str()) != 0) refuse(to, errno);
}

void PosixFileSystem::remove(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) refuse(path, error.value());
}

std::vector<fs::path> PosixFileSystem::list(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace gf
