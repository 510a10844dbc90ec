#include <doctest/doctest.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <fstream>
#include <functional>
#include <thread>

#include "agent/beneath.hpp"
#include "agent/compare_job.hpp"
#include "agent/sync_job.hpp"
#include "support/temporary_folder.hpp"

// Whatever lies in a container, and whoever changes it meanwhile: nothing outside the target is written or read.
using namespace gf::agent;
namespace fs = std::filesystem;
namespace node = gf::node;

namespace {

const std::string container = "0123456789abcdef";

void put(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}
std::string get(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A container's file system with a folder beside it that nobody may touch.
struct Fixture {
  gf::test::TemporaryFolder folder;
  fs::path outside = folder.path() / "outside", root = folder.path() / "root", target = root / "srv/app";
  ContainerProcesses processes{(folder.path() / "proc").string()};

  Fixture() {
    const auto process = folder.path() / "proc/4242";
    put(process / "cgroup", "0::/kubelet.slice/cri-containerd-" + container + ".scope\n");
    put(process / "status", "Name:\tapp\nNSpid:\t4242\t1\n");
    put(process / "stat", "4242 (app) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 777 0 0\n");
    put(outside / "secret", "not yours");
    fs::create_directories(target);
    fs::create_directory_symlink(root, process / "root");
  }
  Descriptor open(const fs::path& path) const {
    return Descriptor(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  }
  SyncJob begin() { return SyncJob({container, "/srv/app", ""}, processes); }
  static node::SyncFile head(const std::string& path, std::uint64_t size, bool link = false) {
    node::SyncFile file;
    file.path = path;
    file.size = size;
    file.link = link;
    return file;
  }
  /// Writes one file. The failure's message, "" when there was none.
  std::string write(const std::string& path, const std::string& text, bool link = false) {
    auto job = begin();
    job.begin_file(head(path, text.size(), link), text);
    return end(job);
  }
  std::string remove(const std::string& path) {
    auto job = begin();
    job.remove(path);
    return end(job);
  }
  static std::string end(SyncJob& job) {
    try {
      job.end();
      return {};
    } catch (const Failure& failure) {
      return failure.message;
    }
  }
  bool differs(const std::string& path, const std::string& contents) {
    CompareJob job({container, "/srv/app"}, processes);
    Sha256 sum;
    sum.update(contents);
    job.add({path, 0644, false, sum.hex()});
    job.end();
    while (!job.finished()) job.step();
    return job.differences().at(0);
  }
  void check_outside() const {
    CHECK(get(outside / "secret") == "not yours");
    CHECK(std::distance(fs::directory_iterator(outside), {}) == 1);
  }
};

/// Runs `body` in a process that may mount; false where this machine lets nobody.
bool with_mounts(const std::function<bool()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    const bool may = ::unshare(CLONE_NEWNS) == 0 && ::mount("", "/", "", MS_REC | MS_PRIVATE, "") == 0;
    ::_exit(!may ? 77 : body() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
    MESSAGE("this machine lets nobody mount: not tested");
    return false;
  }
  CHECK(status == 0);
  return true;
}

}  // namespace

TEST_CASE("beneath: where each path leads, by openat2 and by the walk of older kernels") {
  Fixture f;
  put(f.target / "dir/file", "1");
  put(f.root / "etc/passwd", "the container's");
  fs::create_directory_symlink("dir", f.target / "within");
  fs::create_directory_symlink("../../etc", f.target / "up");
  fs::create_directory_symlink("/etc", f.target / "absolute");
  fs::create_directory_symlink(f.outside, f.target / "out");
  fs::create_directory_symlink("loop", f.target / "loop");
  struct Row {
    std::string path;
    int tree, root, walk;  ///< errno, 0 = opened
  };
  const Row rows[] = {
      {"", 0, 0, 0},
      {"dir", 0, 0, 0},
      {"dir/file", ENOTDIR, ENOTDIR, ENOTDIR},
      {"absent", ENOENT, ENOENT, ENOENT},
      {"..", EXDEV, 0, EXDEV},
      {"dir/../..", EXDEV, 0, EXDEV},
      {"within", 0, 0, ELOOP},
      {"up", EXDEV, ENOENT, ELOOP},
      {"absolute", EXDEV, ENOENT, ELOOP},
      {"out", EXDEV, ENOENT, ELOOP},
      {"loop", ELOOP, ELOOP, ELOOP},
  };
  const auto folder = f.open(f.target);
  constexpr int flags = O_PATH | O_DIRECTORY;
  for (const auto& row : rows) {
    CAPTURE(row.path);
    CHECK((open_beneath(folder.get(), row.path, flags, Bounds::tree) ? 0 : errno) == row.tree);
    CHECK((open_beneath(folder.get(), row.path, flags, Bounds::root) ? 0 : errno) == row.root);
    CHECK((walk_beneath(folder.get(), row.path, flags) ? 0 : errno) == row.walk);
  }
  // Within the container's root an absolute link means the container's own file.
  const auto root = f.open(f.root);
  const auto inside = open_beneath(root.get(), "srv/app/absolute/passwd", O_RDONLY, Bounds::root);
  REQUIRE(inside);
  char text[32];
  CHECK(std::string(text, static_cast<std::size_t>(::read(inside.get(), text, sizeof text))) == "the container's");
  // What /proc makes of a link leads past every bound.
  const auto self = f.open("/proc/self");
  for (const auto bounds : {Bounds::root, Bounds::tree})
    CHECK((open_beneath(self.get(), "root", flags, bounds) ? 0 : errno) == ELOOP);
}

TEST_CASE("a path that goes upwards, begins at the root or has no name is refused") {
  Fixture f;
  for (const std::string path : {"..", "../secret", "dir/../../secret", "/etc/passwd", "", ".", "a//b", "a/"}) {
    CAPTURE(path);
    CHECK(f.write(path, "no") != "");
    CHECK(f.remove(path) != "");
  }
  CHECK(fs::is_empty(f.target));
}

TEST_CASE("links that lead out are neither written, deleted nor read through") {
  Fixture f;
  fs::create_directory_symlink(f.outside, f.target / "absolute");
  fs::create_directory_symlink("../../../outside", f.target / "relative");
  fs::create_symlink(f.outside / "secret", f.target / "file");
  for (const std::string folder : {"absolute", "relative"}) {
    CHECK(f.write(folder + "/new", "no").find("a symbolic link in the container leads out") != std::string::npos);
    CHECK(f.remove(folder + "/secret") == "");  // it is not there
    CHECK(f.differs(folder + "/secret", "not yours"));
  }
  CHECK(f.differs("file", "not yours"));
  CHECK(f.write("file", "mine") == "");  // it takes the link's place
  CHECK_FALSE(fs::is_symlink(f.target / "file"));
  CHECK(f.write("to", f.outside.string(), true) == "");  // a link may be made, and is not followed
  CHECK(f.write("to/new", "no") != "");
  f.check_outside();
}

TEST_CASE("a folder that becomes a link between two operations, or in the middle of one") {
  Fixture f;
  CHECK(f.write("dir/file", "1") == "");
  const auto swap = [&] {
    fs::rename(f.target / "dir", f.target / "moved");
    fs::create_directory_symlink(f.outside, f.target / "dir");
  };
  const auto swap_back = [&] {
    fs::remove(f.target / "dir");
    fs::rename(f.target / "moved", f.target / "dir");
  };
  auto job = f.begin();
  job.begin_file(Fixture::head("dir/secret", 2), "a");
  swap();
  job.add_data("b");
  CHECK(Fixture::end(job) == "");
  CHECK(get(f.target / "moved/secret") == "ab");  // where the folder is now
  CHECK(f.remove("dir/secret") == "");
  CHECK(f.write("dir/other", "no") != "");
  f.check_outside();
  swap_back();
  CHECK(f.write("dir/other", "yes") == "");
}

TEST_CASE("somebody who changes folder and link all the time gets nothing out") {
  Fixture f;
  CHECK(f.write("dir/file", "1") == "");
  std::atomic<bool> ended = false;
  std::thread changing([&] {
    std::error_code ignored;
    while (!ended) {
      fs::rename(f.target / "dir", f.target / "moved", ignored);
      fs::create_directory_symlink(f.outside, f.target / "dir", ignored);
      fs::remove(f.target / "dir", ignored);
      fs::rename(f.target / "moved", f.target / "dir", ignored);
    }
  });
  for (int i = 0; i < 500; ++i) {
    f.write("dir/secret", "changed");
    f.write("dir/deep/er/new", "no");
    f.remove("dir/secret");
  }
  ended = true;
  changing.join();
  f.check_outside();
}

TEST_CASE("what is no file gives way to one, and holds nobody up who compares") {
  Fixture f;
  REQUIRE(::mkfifo((f.target / "fifo").c_str(), 0644) == 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto place = (f.target / "socket").string();
  REQUIRE(place.size() < sizeof address.sun_path);
  place.copy(address.sun_path, place.size());
  REQUIRE(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  std::vector<std::string> names{"fifo", "socket"};
  if (::mknod((f.target / "device").c_str(), S_IFCHR | 0644, ::makedev(1, 5)) == 0)
    names.push_back("device");  // endless zeroes
  else
    MESSAGE("this machine lets nobody make a device: not tested");
  for (const auto& name : names) {
    CAPTURE(name);
    CHECK(f.differs(name, ""));
    CHECK(f.write(name, "a file now") == "");
    CHECK(get(f.target / name) == "a file now");
    CHECK_FALSE(f.differs(name, "a file now"));
    CHECK(f.remove(name) == "");
  }
  CHECK(fs::is_empty(f.target));
}

TEST_CASE("what a volume holds is not deleted by a file that takes the place of its folder") {
  Fixture f;
  fs::create_directories(f.target / "data/volume");
  with_mounts([&] {
    if (::mount("tmpfs", (f.target / "data/volume").c_str(), "tmpfs", 0, "") != 0) return false;
    put(f.target / "data/volume/precious", "1");
    return f.write("data", "a file") == "cannot write \"data\" in /srv/app: a volume is mounted there" &&
           get(f.target / "data/volume/precious") == "1" && f.write("data/volume/beside", "2") == "";
  });
}

TEST_CASE("a read-only file system is told with its remedy, and a volume in it is written") {
  Fixture f;
  with_mounts([&] {
    const auto root = f.root.string();
    if (::mount(root.c_str(), root.c_str(), "", MS_BIND, "") != 0 ||
        ::mount("", root.c_str(), "", MS_BIND | MS_REMOUNT | MS_RDONLY, "") != 0)
      return false;
    const bool refused = f.write("file", "1").find("the container's file system is read-only") != std::string::npos;
    if (::mount("tmpfs", f.target.c_str(), "tmpfs", 0, "") != 0) return false;
    return refused && f.write("deep/file", "2") == "" && get(f.target / "deep/file") == "2";
  });
}

TEST_CASE("a sync that ends in the middle of a file leaves the former one and nothing else") {
  Fixture f;
  CHECK(f.write("file", "former") == "");
  {
    auto job = f.begin();
    job.begin_file(Fixture::head("file", 100), "the first of it");
  }
  CHECK(get(f.target / "file") == "former");
  CHECK(std::distance(fs::directory_iterator(f.target), {}) == 1);
}
