#include <doctest/doctest.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <fstream>
#include <map>

#include "agent/container_processes.hpp"
#include "core/digest.hpp"
#include "node/messages.hpp"
#include "support/local_runtime.hpp"
#include "support/temporary_folder.hpp"

using namespace gf::node;
namespace fs = std::filesystem;

namespace {

const std::string container = "0123456789abcdef";

/// A process in a network of its own, where it listens on the loopback address and greets who comes.
struct OtherNetwork {
  pid_t pid = 0;
  std::uint16_t port = 0;  ///< 0: this machine does not let us make one

  OtherNetwork() {
    int told[2];
    REQUIRE(::pipe(told) == 0);
    pid = ::fork();
    if (pid == 0) serve(told[1]);
    ::close(told[1]);
    if (::read(told[0], &port, sizeof port) != sizeof port) port = 0;
    ::close(told[0]);
  }
  ~OtherNetwork() {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
  [[noreturn]] static void serve(int told) {
    if (::unshare(CLONE_NEWNET) != 0) ::_exit(1);
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    ifreq loopback{};
    std::strcpy(loopback.ifr_name, "lo");
    loopback.ifr_flags = IFF_UP | IFF_RUNNING;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const place = reinterpret_cast<sockaddr*>(&address);
    if (::ioctl(listener, SIOCSIFFLAGS, &loopback) != 0 || ::bind(listener, place, size) != 0 ||
        ::listen(listener, 4) != 0 || ::getsockname(listener, place, &size) != 0)
      ::_exit(1);
    const std::uint16_t port = ntohs(address.sin_port);
    if (::write(told, &port, sizeof port) != sizeof port) ::_exit(1);
    for (;;) {
      const int one = ::accept(listener, nullptr, nullptr);
      if (::write(one, "within", 6) != 6) ::_exit(1);
      ::close(one);
    }
  }
};

void put(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}
std::string get(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The real gf-agent over a socket pair, before a process table of ours with one container.
struct Fixture {
  gf::test::TemporaryFolder folder;
  gf::test::LocalRuntime runtime;
  fs::path root = folder.path() / "root";  ///< the container's file system
  fs::path target = root / "srv/app";
  int ours = -1;
  pid_t pid = 0;
  FrameReader reader;
  std::uint32_t last_id = 0;

  Fixture() {
    const auto process = folder.path() / "proc/4242";
    put(process / "cgroup", "1:name=systemd:/kubelet.slice/cri-containerd-" + container + ".scope\n");
    put(process / "status", "Name:\tapp\nNSpid:\t4242\t1\n");
    put(process / "stat", "4242 (app) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 777 0 0\n");
    fs::create_directories(target);
    fs::create_directory_symlink(root, process / "root");
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    ours = ends[0];
    const auto proc = (folder.path() / "proc").string();
    const auto blobs = runtime.blobs().string();
    const auto socket = runtime.socket();
    pid = ::fork();
    if (pid == 0) {
      ::dup2(ends[1], 0);
      ::dup2(ends[1], 1);
      ::execl(GF_AGENT, GF_AGENT, "--proc", proc.c_str(), "--blobs", blobs.c_str(), "--runtime", socket.c_str(),
              nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    timeval limit{5, 0};
    ::setsockopt(ours, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    std::string out;
    append_frame(out, FrameType::hello, 0, encode(Hello{}));
    send(out);
    REQUIRE(receive().type == FrameType::hello);
  }
  ~Fixture() {
    ::close(ours);
    int status = 0;
    ::waitpid(pid, &status, 0);
    CHECK(WIFEXITED(status));  // the end of the input is the agent's end
  }

  struct Answer {
    FrameType type;
    std::uint32_t id;
    std::string payload;
  };
  void send(const std::string& bytes) {
    REQUIRE(::send(ours, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  }
  Answer receive() {
    while (true) {
      if (const auto frame = reader.next()) return {frame->type, frame->id, std::string(frame->payload)};
      char buffer[65536];
      const auto count = ::recv(ours, buffer, sizeof buffer, 0);
      REQUIRE(count > 0);
      reader.feed({buffer, static_cast<std::size_t>(count)});
    }
  }

  struct Written {
    std::string path, contents;
    unsigned mode = 0644;
    bool link = false;
  };
  Answer sync(const std::vector<std::string>& removed, const std::vector<Written>& written,
              std::string id = container) {
    std::string out;
    ++last_id;
    append_frame(out, FrameType::sync_begin, last_id, encode(SyncBegin{std::move(id), "/srv/app", ""}));
    for (const auto& path : removed) append_frame(out, FrameType::sync_delete, last_id, path);
    for (const auto& file : written) {
      SyncFile head;
      head.path = file.path;
      head.mode = file.mode;
      head.link = file.link;
      head.size = file.contents.size();
      append_frame(out, FrameType::sync_file, last_id, encode(head),
                   std::string_view(file.contents).substr(0, piece_size));
      for (std::size_t at = piece_size; at < file.contents.size(); at += piece_size)
        append_frame(out, FrameType::sync_data, last_id, std::string_view(file.contents).substr(at, piece_size));
    }
    append_frame(out, FrameType::sync_end, last_id);
    send(out);
    auto answer = receive();
    CHECK(answer.id == last_id);
    return answer;
  }
};

}  // namespace

TEST_CASE("agent: writes files with their modes, makes folders, takes away files and the folders they leave empty") {
  Fixture f;
  const std::string odd = "a name\nwith \xff bytes";
  CHECK(f.sync({}, {{"deep/er/file", "one", 0640}, {"run", "#!/bin/sh\n", 0755}, {odd, "odd"}}).type ==
        FrameType::done);
  CHECK(get(f.target / "deep/er/file") == "one");
  CHECK(get(f.target / odd) == "odd");
  struct stat seen {};
  REQUIRE(::stat((f.target / "run").c_str(), &seen) == 0);
  CHECK((seen.st_mode & 07777) == 0755);
  const std::string big(300'000, 'x');
  CHECK(f.sync({}, {{"big", big}}).type == FrameType::done);
  CHECK(get(f.target / "big") == big);
  CHECK(f.sync({"deep/er/file", "never/there"}, {}).type == FrameType::done);
  CHECK_FALSE(fs::exists(f.target / "deep"));
  CHECK(fs::exists(f.target / "run"));
}

TEST_CASE("agent: a folder becomes a file and a file a folder; links are links") {
  Fixture f;
  f.sync({}, {{"x/y", "1"}, {"z", "2"}});
  CHECK(f.sync({"x/y", "z"}, {{"x", "file now"}, {"z/w", "folder now"}, {"to", "x", 0777, true}}).type ==
        FrameType::done);
  CHECK(get(f.target / "x") == "file now");
  CHECK(get(f.target / "z/w") == "folder now");
  CHECK(fs::read_symlink(f.target / "to") == "x");
}

TEST_CASE("agent: nothing leaves the container or the target") {
  Fixture f;
  const auto outside = f.folder.path() / "outside";
  fs::create_directories(outside);
  fs::create_directory_symlink(outside, f.target / "escape");
  for (const std::string path : {"../up", "/abs", "a/../../b", "", "a//b", "."})
    CHECK(f.sync({}, {{path, "no"}}).type == FrameType::failed);
  f.sync({}, {{"escape/file", "inside"}});
  CHECK_FALSE(fs::exists(outside / "file"));
}

TEST_CASE("agent: an unknown container is refused by name, and the next request works") {
  Fixture f;
  const auto refused = f.sync({}, {{"x", "1"}}, "no-such-container");
  REQUIRE(refused.type == FrameType::failed);
  CHECK(decode_failure(refused.payload).code == "not-found");
  CHECK(f.sync({}, {{"x", "1"}}).type == FrameType::done);
}

TEST_CASE("agent: compare tells which files differ in contents, mode or presence") {
  Fixture f;
  f.sync({}, {{"same", "1"}, {"other", "2"}, {"mode", "3", 0755}});
  std::string out;
  append_frame(out, FrameType::compare_begin, 9, encode(CompareBegin{container, "/srv/app"}));
  const auto ask = [&](std::string path, const std::string& contents) {
    CompareFile file;
    file.path = std::move(path);
    file.digest = gf::sha256_hex(contents);
    append_frame(out, FrameType::compare_file, 9, encode(file));
  };
  ask("same", "1");
  ask("other", "changed");
  ask("mode", "3");
  ask("absent", "4");
  append_frame(out, FrameType::compare_end, 9);
  f.send(out);
  const auto answer = f.receive();
  REQUIRE(answer.type == FrameType::done);
  CHECK(decode_bits(answer.payload) == std::vector<std::size_t>{1, 2, 3});
}

TEST_CASE("control groups and pids as kernels of both kinds write them") {
  using namespace gf::agent;
  CHECK(in_container("0::/kubelet.slice/cri-containerd-abc.scope\n", "abc"));
  CHECK(in_container("3:cpu:/kubepods/pod1/abc\n", "abc"));
  CHECK_FALSE(in_container("0::/kubelet.slice/cri-containerd-abcd.scope\n", "abc"));
  CHECK(inner_pid("NSpid:\t42\t1\n") == 1);
  CHECK(inner_pid("NSpid:\t42\n") == 0);
  CHECK(start_time("4242 (a ) b) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 777 0 0\n") == 777);
}

TEST_CASE("agent: an import is the container runtime's, its refusal in its own words, and nothing waits for it") {
  Fixture f;
  std::string out;
  append_frame(out, FrameType::import, 11);
  append_frame(out, FrameType::import, 12);
  append_frame(out, FrameType::data, 12, std::string(2000, 'x'));
  append_frame(out, FrameType::finish, 12);
  f.send(out);
  auto answer = f.receive();
  REQUIRE(answer.type == FrameType::failed);
  CHECK(answer.id == 12);
  CHECK(decode_failure(answer.payload).code == "cluster-failed");
  CHECK(decode_failure(answer.payload).message == "cannot import images: ctr: unexpected EOF");
  CHECK(f.runtime.words() == "--namespace k8s.io images import --local --all-platforms --digests --no-unpack -\n");
  CHECK(f.sync({}, {{"x", "1"}}).type == FrameType::done);  // while the first import goes on
  out.clear();
  append_frame(out, FrameType::data, 12, "late");
  append_frame(out, FrameType::reset, 11);
  append_frame(out, FrameType::blobs, 13, encode_digests({std::string(64, 'a')}));
  f.send(out);
  answer = f.receive();
  CHECK(answer.id == 13);
  CHECK(decode_sizes(answer.payload) == BlobSizes{std::nullopt});
  f.runtime.stop();
  out.clear();
  append_frame(out, FrameType::blobs, 14, encode_digests({std::string(64, 'a')}));
  f.send(out);
  answer = f.receive();
  REQUIRE(answer.type == FrameType::failed);
  CHECK(decode_failure(answer.payload).message == "cannot look at images: the container runtime does not answer");
}

TEST_CASE("agent: a node without a container runtime says so") {
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", "/nonexistent", 1);
  {
    Fixture f;
    fs::remove(f.runtime.blobs().parent_path() / "ctr");
    std::string out;
    append_frame(out, FrameType::import, 11);
    f.send(out);
    const auto answer = f.receive();
    CHECK(answer.type == FrameType::failed);
    CHECK(decode_failure(answer.payload).message ==
          "cannot import images: cannot start ctr: no such file or directory");
  }
  ::setenv("PATH", path.c_str(), 1);
}

TEST_CASE("agent: dials in a container's own network, and in the node's afterwards as before") {
  const OtherNetwork other;
  if (other.port == 0) {
    MESSAGE("this machine lets nobody make a network: not tested");
    return;
  }
  Fixture f;
  fs::create_directories(f.folder.path() / "proc/4242/ns");
  fs::create_symlink("/proc/" + std::to_string(other.pid) + "/ns/net", f.folder.path() / "proc/4242/ns/net");
  const auto dial = [&](std::uint32_t id, const std::string& within) {
    std::string out;
    append_frame(out, FrameType::dial, id, encode(Dial{"127.0.0.1", other.port, within}));
    f.send(out);
    return f.receive();
  };
  CHECK(dial(1, "").type == FrameType::failed);
  for (const std::uint32_t id : {2u, 3u}) {
    REQUIRE(dial(id, container).type == FrameType::done);
    const auto greeting = f.receive();
    CHECK(greeting.type == FrameType::data);
    CHECK(greeting.payload == "within");
    CHECK(f.receive().type == FrameType::finish);
  }
  CHECK(dial(4, "").type == FrameType::failed);
  const auto absent = dial(5, "no-such-container");
  REQUIRE(absent.type == FrameType::failed);
  CHECK(decode_failure(absent.payload).code == "not-found");
}
