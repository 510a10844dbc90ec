#include <sys/stat.h>

#include "deploy/delta.hpp"
#include "support/checkout.hpp"
#include "support/local_node.hpp"

// The whole way of a file: from a real checkout through the real agent into a container's file system.
using namespace gf;
using gf::test::Repository;
using gf::test::run_task;
namespace fs = std::filesystem;

namespace {

const std::string container = "0123456789abcdef";

struct Fixture {
  Repository repository;
  test::LocalNode node;
  WorkerPool workers;
  AppSpec app;
  fs::path target = node.add(container) / "srv/app";
  std::shared_ptr<const source::Tree> there;  ///< what the container has

  Fixture() {
    app.name = "api";
    app.sync.push_back({"", "/srv/app"});
    app.on_sync = OnSync::none;
  }

  void send(std::vector<deploy::Delta> deltas) {
    for (auto& delta : deltas) {
      node::SyncRequest request;
      request.container_id = container;
      request.target = delta.target;
      request.deletes = std::move(delta.deletes);
      request.writes = std::move(delta.writes);
      run_task(node.io(), node.link().sync(std::move(request)));
    }
  }
  /// As for a container that was never seen; `built` came with its image.
  void begin(std::vector<std::string> built = {}) {
    there = std::make_shared<const source::Tree>(source::read_tree(repository.root, nullptr));
    send(run_task(node.io(), deploy::deltas_of_container(workers, node.link(), container, repository.root, app, there,
                                                         std::move(built))));
  }
  /// As after a settled change.
  void follow() {
    const auto now = std::make_shared<const source::Tree>(source::read_tree(repository.root, there));
    send(run_task(node.io(), deploy::deltas_between(workers, repository.root, app, there, now, {})));
    there = now;
  }
  std::string contents(const std::string& path) const {
    std::ifstream file(target / path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// The container holds just what the checkout does.
  void check_same() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(target))
      if (entry.is_symlink() || entry.is_regular_file())
        found.push_back(entry.path().lexically_relative(target).string());
    std::ranges::sort(found);
    CHECK(found == test::paths(*there));
    for (const auto& file : there->files) {
      CAPTURE(file.path);
      if (file.link)
        CHECK(fs::read_symlink(target / file.path) == *source::read_file(repository.root, file.path));
      else
        CHECK(contents(file.path) == *source::read_file(repository.root, file.path));
    }
  }
};

}  // namespace

TEST_CASE("names of any bytes arrive, change and go") {
  Fixture f;
  const std::vector<std::string> names{"a b", "c\nd", "e\xff", "'\"$(x)`\\", "-rf", "\xc3\xa4/deep\n/f"};
  for (const auto& name : names) f.repository.write(name, "1");
  f.begin();
  f.check_same();
  for (const auto& name : names) f.repository.write(name, "two");
  f.follow();
  CHECK(f.contents("e\xff") == "two");
  f.check_same();
  for (const auto& name : names) fs::remove(f.repository.root + '/' + name);
  f.repository.write("left", "");
  f.follow();
  f.check_same();
}

TEST_CASE("what an image brought and the checkout lacks goes, whatever its name") {
  Fixture f;
  f.repository.write("kept", "1");
  const std::vector<std::string> built{"kept", "old\xff", "gone\n/x"};
  for (const auto& path : built) {
    fs::create_directories((f.target / path).parent_path());
    std::ofstream(f.target / path) << "of the image";
  }
  // As it is remembered from the build to the start of a container.
  f.begin(deploy::split_paths(deploy::joined_paths(built)));
  f.check_same();
}

TEST_CASE("links travel as links; nothing from outside the checkout does") {
  Fixture f;
  const auto outside = f.repository.folder.path() / "outside";
  fs::create_directories(outside);
  std::ofstream(outside / "secret") << "not yours";
  f.repository.write("dir/secret", "mine");
  fs::create_symlink(outside / "secret", f.repository.root + "/to a file");
  fs::create_directory_symlink(outside, f.repository.root + "/to a folder");
  fs::create_symlink("../..", f.repository.root + "/up");
  fs::create_symlink("dir/secret", f.repository.root + "/within");
  f.begin();
  f.check_same();
  CHECK(f.contents("within") == "mine");
  // Between the look at the tree and the reading of its files the folder becomes a link that leads out.
  const auto before = f.there;
  f.repository.write("dir/secret", "mine again");
  const auto seen = std::make_shared<const source::Tree>(source::read_tree(f.repository.root, nullptr));
  fs::remove_all(f.repository.root + "/dir");
  fs::create_directory_symlink(outside, f.repository.root + "/dir");
  f.send(run_task(f.node.io(), deploy::deltas_between(f.workers, f.repository.root, f.app, before, seen, {})));
  CHECK(f.contents("dir/secret") == "mine");
  f.there = seen;
  f.follow();
  f.check_same();
  CHECK(fs::is_symlink(f.target / "dir"));
}
