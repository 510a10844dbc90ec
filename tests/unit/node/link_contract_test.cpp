#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>

#include "protocol/error.hpp"
#include "support/fake_link.hpp"
#include "support/local_node.hpp"
#include "support/run_task.hpp"

// The same cases for the fake link, which other rooms test against, and for the real link with the real agent.
namespace gf::test {

namespace {

namespace fs = std::filesystem;

const std::string container = "0123456789abcdef";

class FakeWorld {
 public:
  FakeWorld() { link_.containers[container]; }
  node::Link& link() { return link_; }
  net::io_context& io() { return io_; }
  std::optional<FakeLink::File> file(const std::string& path) {
    const auto& files = link_.containers[container].files;
    const auto found = files.find("/srv/app/" + path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  net::io_context io_;
  FakeLink link_{io_.get_executor()};
};

class AgentWorld {
 public:
  AgentWorld() : root_(node_.add(container)) {}
  node::Link& link() { return node_.link(); }
  net::io_context& io() { return node_.io(); }
  std::optional<FakeLink::File> file(const std::string& path) {
    const auto full = root_ / "srv/app" / path;
    struct stat status;
    if (::lstat(full.c_str(), &status) != 0 || S_ISDIR(status.st_mode)) return std::nullopt;
    if (S_ISLNK(status.st_mode)) return FakeLink::File{fs::read_symlink(full).string(), 0644, true};
    std::ifstream stream(full, std::ios::binary);
    return FakeLink::File{{std::istreambuf_iterator<char>(stream), {}}, status.st_mode & 07777, false};
  }

 private:
  LocalNode node_;
  fs::path root_;
};

node::FileWrite file(std::string path, std::string contents, unsigned mode = 0644, bool link = false) {
  node::FileWrite write;
  write.file.path = std::move(path);
  write.file.mode = mode;
  write.file.link = link;
  write.contents = std::make_shared<const std::string>(std::move(contents));
  return write;
}

template <class World>
node::SyncResult sync(World& world, std::vector<std::string> deletes, std::vector<node::FileWrite> writes,
                      std::string id = container) {
  node::SyncRequest request;
  request.container_id = std::move(id);
  request.target = "/srv/app";
  request.deletes = std::move(deletes);
  request.writes = std::move(writes);
  return run_task(world.io(), world.link().sync(std::move(request)));
}

template <class World>
std::vector<std::size_t> compare(World& world, const std::vector<node::FileWrite>& wanted) {
  std::vector<node::FileState> states;
  for (const auto& write : wanted) {
    states.push_back(write.file);
    states.back().digest = sha256_hex(*write.contents);
  }
  return run_task(world.io(), world.link().compare(container, "/srv/app", std::move(states)));
}

ErrorCode refused(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    CHECK(error.message().starts_with("cannot "));
    return error.code();
  }
  FAIL("nothing was refused");
  return ErrorCode::internal;
}

}  // namespace

TEST_CASE_TEMPLATE("link: writes what it is given and tells how much", World, FakeWorld, AgentWorld) {
  World world;
  const std::string odd = "a name\nwith \xff bytes";
  const auto result =
      sync(world, {},
           {file("deep/er/a b.txt", "one"), file("run", "#!", 0755), file(odd, ""), file("to", "deep/er", 0644, true)});
  CHECK(result.files == 4);
  CHECK(result.bytes == 3 + 2 + 0 + 7);
  CHECK(world.file("deep/er/a b.txt")->contents == "one");
  CHECK(world.file("deep/er/a b.txt")->mode == 0644);
  CHECK(world.file("run")->mode == 0755);
  CHECK(world.file(odd)->contents.empty());
  CHECK(world.file("to")->link);
  CHECK(world.file("to")->contents == "deep/er");
}

TEST_CASE_TEMPLATE("link: deletes first, then writes; absent files are fine", World, FakeWorld, AgentWorld) {
  World world;
  sync(world, {}, {file("x/y", "1"), file("z", "2"), file("kept", "3")});
  const auto result = sync(world, {"x/y", "z", "never/there"}, {file("x", "a file now"), file("z/w", "a folder now")});
  CHECK(result.files == 5);
  CHECK(world.file("x")->contents == "a file now");
  CHECK(world.file("z/w")->contents == "a folder now");
  CHECK(world.file("kept")->contents == "3");
  sync(world, {"x"}, {});
  CHECK_FALSE(world.file("x"));
}

TEST_CASE_TEMPLATE("link: a folder and a file give way to each other without a delete", World, FakeWorld, AgentWorld) {
  World world;
  sync(world, {}, {file("x/y", "1"), file("z", "2")});
  sync(world, {}, {file("x", "a file now"), file("z/w", "a folder now")});
  CHECK(world.file("x")->contents == "a file now");
  CHECK_FALSE(world.file("x/y"));
  CHECK(world.file("z/w")->contents == "a folder now");
}

TEST_CASE_TEMPLATE("link: a batch of 300 files, large ones among them", World, FakeWorld, AgentWorld) {
  World world;
  std::vector<node::FileWrite> writes;
  for (int i = 0; i < 300; ++i)
    writes.push_back(file("d" + std::to_string(i % 7) + "/f" + std::to_string(i),
                          std::string(i % 50 == 0 ? 200'000 : 2'000, static_cast<char>('a' + i % 26))));
  CHECK(sync(world, {}, writes).files == 300);
  CHECK(compare(world, writes).empty());
  std::vector<std::string> deletes;
  for (const auto& write : writes) deletes.push_back(write.file.path);
  CHECK(sync(world, deletes, {}).files == 300);
  CHECK(compare(world, writes).size() == 300);
}

TEST_CASE_TEMPLATE("link: compares contents, kind, mode and presence", World, FakeWorld, AgentWorld) {
  World world;
  CHECK(compare(world, {file("same", "1")}) == std::vector<std::size_t>{0});
  sync(world, {},
       {file("same", "1"), file("other", "2"), file("mode", "3", 0755), file("kind", "4"),
        file("link", "a", 0644, true)});
  const auto differing =
      compare(world, {file("same", "1"), file("other", "x"), file("mode", "3", 0644), file("kind", "4", 0644, true),
                      file("absent", "5"), file("link", "a", 0600, true), file("link", "b", 0644, true)});
  CHECK(differing == std::vector<std::size_t>{1, 2, 3, 4, 6});
}

TEST_CASE_TEMPLATE("link: tells what is there though nothing is to be", World, FakeWorld, AgentWorld) {
  World world;
  const auto there = [&](const std::vector<std::string>& paths) {
    std::vector<node::FileState> states;
    for (const auto& path : paths) states.push_back({path, 0644, false, ""});
    return run_task(world.io(), world.link().compare(container, "/srv/app", std::move(states)));
  };
  CHECK(there({"x", "deep/x"}).empty());
  sync(world, {}, {file("x", ""), file("deep/x", "1"), file("nowhere", "absent", 0644, true)});
  CHECK(there({"absent", "x", "deep", "deep/x", "x/below", "nowhere"}) == std::vector<std::size_t>{1, 3, 5});
}

TEST_CASE_TEMPLATE("link: refuses an unknown container and paths that lead out", World, FakeWorld, AgentWorld) {
  World world;
  CHECK(refused([&] { sync(world, {}, {file("x", "1")}, "another"); }) == ErrorCode::not_found);
  for (const std::string path : {"../up", "/abs", "a/../../b", "", "a//b", ".", "a/"}) {
    CHECK(refused([&] { sync(world, {}, {file(path, "1")}); }) == ErrorCode::bad_request);
    CHECK(refused([&] { sync(world, {path}, {}); }) == ErrorCode::bad_request);
    CHECK(refused([&] { compare(world, {file(path, "1")}); }) == ErrorCode::bad_request);
  }
  sync(world, {}, {file("x", "1")});
  CHECK(world.file("x")->contents == "1");
}

TEST_CASE_TEMPLATE("link: tells why it cannot connect", World, FakeWorld, AgentWorld) {
  World world;
  // Port 1 of this machine: nobody listens there.
  CHECK(refused([&] { run_task(world.io(), world.link().dial({"127.0.0.1", 1})); }) == ErrorCode::cluster_unavailable);
}

}  // namespace gf::test
