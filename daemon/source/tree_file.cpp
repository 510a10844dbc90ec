#include "source/tree_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "core/digest.hpp"

namespace gf::source {

namespace {

/// A file that changed within this time before it was read may change again without another time: its digest is not
/// trusted the next time (Git's own "racily clean" rule).
constexpr std::int64_t racy_ns = 50'000'000;

/// The folder that holds `path`, reached without following a link below `root`: what lies behind one is not the
/// checkout's, even when a folder became a link a moment ago.
class FolderOf {
 public:
  FolderOf(const std::string& root, const std::string& path)
      : descriptor_(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
    std::size_t begin = 0;
    for (auto end = path.find('/'); descriptor_ >= 0 && end != std::string::npos; end = path.find('/', begin)) {
      const auto part = path.substr(begin, end - begin);
      const int next = ::openat(descriptor_, part.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      ::close(descriptor_);
      descriptor_ = next;
      begin = end + 1;
    }
    name_ = path.substr(begin);
  }
  ~FolderOf() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  FolderOf(const FolderOf&) = delete;
  FolderOf& operator=(const FolderOf&) = delete;
  explicit operator bool() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }
  const std::string& name() const { return name_; }

 private:
  int descriptor_;
  std::string name_;
};

std::int64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

std::optional<std::string> read_link(int folder, const std::string& name) {
  std::string target(4096, '\0');
  const auto length = ::readlinkat(folder, name.c_str(), target.data(), target.size());
  if (length < 0) return std::nullopt;
  target.resize(static_cast<std::size_t>(length));
  return target;
}

std::optional<std::string> read_contents(int folder, const std::string& name) {
  struct stat status {};
  if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  if (S_ISLNK(status.st_mode)) return read_link(folder, name);
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  const int descriptor = ::openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return std::nullopt;
  std::string contents(static_cast<std::size_t>(status.st_size) + 1, '\0');
  std::size_t filled = 0;
  for (;;) {  // the file may grow while it is read
    const auto count = ::read(descriptor, contents.data() + filled, contents.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    filled += static_cast<std::size_t>(count);
    if (filled == contents.size()) contents.resize(contents.size() * 2);
  }
  ::close(descriptor);
  contents.resize(filled);
  return contents;
}

}  // namespace

std::optional<TreeFile> describe(int folder, const std::string& name, std::string path) {
  struct stat status {};
  if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  TreeFile file;
  file.path = std::move(path);
  file.link = S_ISLNK(status.st_mode);
  if (!file.link && !S_ISREG(status.st_mode)) return std::nullopt;
  file.mode = status.st_mode & 07777;
  file.size = static_cast<std::uint64_t>(status.st_size);
  file.changed_ns = std::int64_t{status.st_ctim.tv_sec} * 1'000'000'000 + status.st_ctim.tv_nsec;
  file.inode = status.st_ino;
  return file;
}

std::optional<TreeFile> read_entry(int folder, const std::string& name, std::string path) {
  const auto began = now_ns();
  auto file = describe(folder, name, std::move(path));
  if (!file) return std::nullopt;
  const auto contents = read_contents(folder, name);
  if (!contents) return std::nullopt;
  file->digest = sha256_hex(*contents);
  file->size = contents->size();
  if (began - file->changed_ns < racy_ns) file->changed_ns = 0;
  return file;
}

std::optional<TreeFile> read_tree_file(const std::string& root, const std::string& path) {
  const FolderOf folder(root, path);
  return folder ? read_entry(folder.descriptor(), folder.name(), path) : std::nullopt;
}

std::shared_ptr<const std::string> read_file(const std::string& root, const std::string& path) {
  const FolderOf folder(root, path);
  auto contents = folder ? read_contents(folder.descriptor(), folder.name()) : std::nullopt;
  return contents ? std::make_shared<const std::string>(std::move(*contents)) : nullptr;
}

}  // namespace gf::source
