#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "protocol/error.hpp"
#include "support/memory_file_system.hpp"
#include "support/temporary_folder.hpp"
#include "system/instance_lock.hpp"
#include "system/paths.hpp"
#include "system/runtime_folder.hpp"

using namespace gf;
using gf::test::MemoryFileSystem;
using gf::test::TemporaryFolder;

namespace {

/// What every FileSystem promises: held against the fake and the real one.
void check_contract(FileSystem& files, const std::filesystem::path& root) {
  CHECK_FALSE(files.read(root / "a/b"));
  CHECK(files.list(root / "a").empty());
  files.write_atomically(root / "a/b", "one");
  files.write_atomically(root / "a/b", "two");
  CHECK(files.read(root / "a/b") == "two");
  CHECK_FALSE(files.read(root / "a"));
  files.append(root / "a/c", "x\n", false);
  files.append(root / "a/c", "y\n", true);
  CHECK(files.read(root / "a/c") == "x\ny\n");
  CHECK(files.list(root / "a") == std::vector<std::filesystem::path>{root / "a/b", root / "a/c"});
  files.rename(root / "a/b", root / "a/d");
  CHECK_FALSE(files.read(root / "a/b"));
  CHECK(files.read(root / "a/d") == "two");
  files.remove(root / "a");
  files.remove(root / "a");
  CHECK(files.list(root / "a").empty());
}

}  // namespace

TEST_CASE("file system: the fake and the real one keep the same promises") {
  MemoryFileSystem memory;
  check_contract(memory, "/state");
  TemporaryFolder folder;
  PosixFileSystem posix;
  check_contract(posix, folder.path() / "state");
}

TEST_CASE("file system: ours are private, and a folder that cannot be written says so") {
  TemporaryFolder folder;
  PosixFileSystem posix;
  posix.write_atomically(folder.path() / "new/file", "text");
  struct stat seen {};
  REQUIRE(::stat((folder.path() / "new/file").c_str(), &seen) == 0);
  CHECK((seen.st_mode & 0777) == 0600);
  REQUIRE(::stat((folder.path() / "new").c_str(), &seen) == 0);
  CHECK((seen.st_mode & 0777) == 0700);
  posix.write_atomically(folder.path() / "plain", "text");
  try {
    posix.write_atomically(folder.path() / "plain/below", "text");
    FAIL("a file cannot be a folder");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::state_unwritable);
    CHECK(error.message().starts_with("cannot write " + folder.path().string()));
  }
}

TEST_CASE("file system: a full disk is an error, not a short file") {
  PosixFileSystem posix;
  CHECK_THROWS_AS(posix.append("/dev/full", "text", false), Error);
}

TEST_CASE("paths follow XDG: relative values are ignored, fallbacks as the specification says") {
  std::map<std::string, std::string> variables{{"HOME", "/home/ann"}};
  const auto environment = [&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
  const auto plain = find_paths(environment, "/usr/bin/gfd", 4711);
  CHECK(plain.runtime == "/tmp/gf-4711");
  CHECK(plain.state == "/home/ann/.local/state/gf");
  CHECK(plain.cache == "/home/ann/.cache/gf");
  CHECK(plain.config == "/home/ann/.config/gf");
  variables["XDG_RUNTIME_DIR"] = "/run/user/4711";
  variables["XDG_STATE_HOME"] = "relative";
  variables["GF_SHARE"] = "/opt/share";
  const auto set = find_paths(environment, "/usr/bin/gfd", 4711);
  CHECK(set.socket() == "/run/user/4711/gf/gfd.sock");
  CHECK(set.state == plain.state);
  CHECK(set.share == "/opt/share");
  CHECK(set.agent.filename() == "gf-agent");
  CHECK(set.supervisor == set.agent.parent_path() / "gf-supervise");
}

TEST_CASE("instance lock: one holder at a time, named by its pid; free again when the holder ends") {
  TemporaryFolder folder;
  const auto path = folder.path() / "lock";
  {
    const auto first = InstanceLock::take(path);
    REQUIRE(first);
    CHECK_FALSE(InstanceLock::take(path));
    CHECK(InstanceLock::holder(path) == ::getpid());
  }
  CHECK(InstanceLock::take(path));
}

TEST_CASE("the runtime folder is ours alone, or it is refused") {
  TemporaryFolder folder;
  const auto path = folder.path() / "run/gf";
  const auto code_of = [&] {
    try {
      ensure_runtime_folder(path);
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::internal;  // none
  };
  ensure_runtime_folder(path);
  ::chmod(path.c_str(), 0755);
  ensure_runtime_folder(path);
  struct stat seen {};
  REQUIRE(::stat(path.c_str(), &seen) == 0);
  CHECK((seen.st_mode & 0777) == 0700);
  if (::getuid() == 0) {
    REQUIRE(::chown(path.c_str(), 65534, 65534) == 0);
    CHECK(code_of() == ErrorCode::forbidden);
  }
  std::filesystem::remove(path);
  std::filesystem::create_directory_symlink(folder.path(), path);
  CHECK(code_of() == ErrorCode::forbidden);
  std::filesystem::remove_all(folder.path() / "run");
  std::ofstream(folder.path() / "run") << "a file";
  CHECK(code_of() == ErrorCode::state_unwritable);
}

TEST_CASE("files: a second name outlives the first") {
  TemporaryFolder folder;
  PosixFileSystem files;
  files.append(folder.path() / "a/file", "text", true);
  files.link(folder.path() / "a/file", folder.path() / "b/deep/file");
  files.remove(folder.path() / "a");
  CHECK(files.read(folder.path() / "b/deep/file") == "text");
  CHECK_THROWS_AS(files.link(folder.path() / "a/file", folder.path() / "c"), Error);
}
