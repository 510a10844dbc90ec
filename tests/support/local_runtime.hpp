#pragma once
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>

#include "support/temporary_folder.hpp"

namespace gf::test {

/// A container runtime that listens, and a program in the place of `ctr`, first on the PATH, that keeps what it imports
/// in a folder, as a content store does: blobs by what they are. It refuses an archive without its list of images.
class LocalRuntime {
 public:
  LocalRuntime() : path_(std::getenv("PATH")) {
    std::filesystem::create_directories(blobs());
    const auto program = folder_.path() / "ctr";
    std::ofstream(program)
        << "#!/bin/sh\n"
           "set -e\n"
           "echo \"$*\" >\"" +
               (folder_.path() / "words").string() +
               "\"\n"
               "in=$(mktemp -d)\n"
               "trap 'rm -rf \"$in\"' EXIT\n"
               "tar -x -C \"$in\" 2>/dev/null || { echo 'ctr: unexpected EOF' >&2; exit 1; }\n"
               "[ -f \"$in/index.json\" ] || { echo 'ctr: unrecognized image format' >&2; exit 1; }\n"
               "find \"$in\" -type f | while read -r file; do\n"
               "  mv \"$file\" \"" +
               blobs().string() +
               "/$(sha256sum \"$file\" | cut -c1-64)\"\n"
               "done\n";
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket().copy(address.sun_path, sizeof address.sun_path - 1);
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_, 4096) != 0)
      throw std::runtime_error("no socket");
    ::setenv("PATH", (folder_.path().string() + ':' + path_).c_str(), 1);
  }
  ~LocalRuntime() {
    stop();
    ::setenv("PATH", path_.c_str(), 1);
  }
  /// Nobody listens any more.
  void stop() {
    if (listener_ >= 0) ::close(std::exchange(listener_, -1));
  }

  std::filesystem::path blobs() const { return folder_.path() / "blobs"; }
  std::string socket() const { return (folder_.path() / "socket").string(); }
  /// What it was started with; empty before.
  std::string words() const {
    std::ifstream file(folder_.path() / "words");
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  TemporaryFolder folder_;
  int listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::string path_;
};

}  // namespace gf::test
