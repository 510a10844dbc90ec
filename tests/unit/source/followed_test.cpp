#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <future>
#include <thread>

#include "support/checkout.hpp"

// Changes that say little by themselves: what they change must be found all the same.
using namespace gf;
using namespace gf::source;
using gf::test::paths;
using gf::test::Repository;
using gf::test::Watching;
namespace fs = std::filesystem;

namespace {

bool arrives(Watching& watching, const Repository& repository) {
  const auto digest = read_tree(repository.root, nullptr).digest();
  return watching.until(
      [&] { return (watching.told.empty() ? watching.first : watching.told.back()).tree->digest() == digest; });
}

const Tree& newest(const Watching& watching) {
  return watching.told.empty() ? *watching.first.tree : *watching.told.back().tree;
}

}  // namespace

TEST_CASE("saved ignore rules change which files there are") {
  Repository repository;
  repository.write(".gitignore", "*.log\n");
  repository.write("a.log", "1");
  repository.write("b", "1");
  Watching watching(repository.root);
  CHECK(paths(*watching.first.tree) == std::vector<std::string>{".gitignore", "b"});
  repository.write(".gitignore", "b\n");
  CHECK(arrives(watching, repository));
  CHECK(paths(newest(watching)) == std::vector<std::string>{".gitignore", "a.log"});
}

TEST_CASE("the mode of a large file counts as that of a small one") {
  Repository repository;
  repository.write("large", std::string(300'000, 'x'));
  Watching watching(repository.root);
  ::chmod((repository.root + "/large").c_str(), 0755);
  CHECK(arrives(watching, repository));
  CHECK(newest(watching).find("large")->mode == 0755);
}

TEST_CASE(
    "an editor's files do not travel with what else is new, unless Git knows them; folders do whatever their names") {
  Repository repository;
  repository.write("a.py", "1");
  repository.write("known~", "1");
  repository.git("add -A");
  Watching watching(repository.root);
  repository.write(".a.py.swp", "swap");
  repository.write("a.py~", "copy");
  repository.write("new", "1");
  CHECK(arrives(watching, repository));
  CHECK(paths(newest(watching)) == std::vector<std::string>{"a.py", "known~", "new"});
  fs::create_directory(repository.root + "/folder~");
  CHECK(arrives(watching, repository));
  repository.write("folder~/file", "1");
  CHECK(arrives(watching, repository));
  CHECK(newest(watching).find("folder~/file"));
}

TEST_CASE("folders that take each other's places are followed to where they are") {
  for (const bool exchange : {false, true}) {
    CAPTURE(exchange);
    Repository repository;
    repository.write("one/file", "1");
    repository.write("other/file", "22");
    Watching watching(repository.root);
    const auto one = repository.root + "/one", other = repository.root + "/other", aside = repository.root + "/aside";
    fs::rename(one, aside);
    fs::rename(other, one);
    if (exchange) fs::rename(aside, other);
    REQUIRE(arrives(watching, repository));
    watching.rest();
    repository.write("one/file", "333");
    CHECK(arrives(watching, repository));
    CHECK(newest(watching).find("one/file")->size == 3);
    const std::string second = exchange ? "other" : "aside";
    repository.write(second + "/file", "4444");
    CHECK(arrives(watching, repository));
    CHECK(newest(watching).find(second + "/file")->size == 4);
    repository.write(second + "/new", "5");
    CHECK(arrives(watching, repository));
  }
}

TEST_CASE("another checkout in the place of the root is followed, and the former one is not") {
  Repository repository, another;
  repository.write("a", "1");
  repository.write("dir/a", "1");
  another.write("a", "22");
  another.write("dir/a", "22");
  Watching watching(repository.root);
  const auto former = repository.root + "-former";
  fs::rename(repository.root, former);
  fs::rename(another.root, repository.root);
  REQUIRE(arrives(watching, repository));
  watching.rest();
  repository.write("dir/a", "333");
  CHECK(arrives(watching, repository));
  watching.rest();
  const auto before = watching.told.size();
  std::ofstream(former + "/dir/new") << "1";
  watching.rest();
  CHECK(watching.told.size() == before);
}

TEST_CASE("a folder that becomes a repository of its own is none of the checkout's any more") {
  Repository repository;
  repository.write("a", "1");
  repository.write("sub/a", "1");
  Watching watching(repository.root);
  repository.git("init -q sub");
  CHECK(arrives(watching, repository));
  CHECK(paths(newest(watching)) == std::vector<std::string>{"a"});
}

TEST_CASE("other contents of the same size and time are other contents") {
  Repository repository;
  repository.write("a", "1");
  repository.write("b", "1");
  const auto path = repository.root + "/a";
  // Old enough for its time to be trusted.
  while (read_tree(repository.root, nullptr).find("a")->changed_ns == 0) std::this_thread::yield();
  const auto before = std::make_shared<const Tree>(read_tree(repository.root, nullptr));
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  repository.write("a", "2");
  const timespec times[] = {status.st_atim, status.st_mtim};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
  CHECK(read_tree(repository.root, before).digest() == read_tree(repository.root, nullptr).digest());
}

TEST_CASE("a save that comes while the tree is read counts with what was read") {
  Repository repository;
  repository.write("z", "1");
  Watching watching(repository.root);
  // The pool's threads are kept busy: the scan waits for them.
  std::promise<void> go_on;
  const auto gone_on = go_on.get_future().share();
  for (int i = 0; i < 2; ++i) net::post(watching.workers.executor(), [gone_on] { gone_on.wait(); });
  repository.write("new", "1");
  watching.rest();
  // Known by what was read before, and no more so by what will be read now.
  repository.write("z", "22");
  watching.rest();
  std::ofstream(repository.root + "/.git/info/exclude") << "z\n";
  go_on.set_value();
  CHECK(arrives(watching, repository));
  watching.rest();
  CHECK(paths(newest(watching)) == std::vector<std::string>{"new"});
}

TEST_CASE("what changes while a checkout is looked at for the first time is not missed") {
  Repository repository;
  for (int i = 0; i < 200; ++i) repository.write("dir" + std::to_string(i % 20) + "/file" + std::to_string(i), "1");
  repository.commit();
  repository.git("checkout -q -b feature/deep");  // the branch's file lies in a folder of its own
  for (int round = 0; round < 10; ++round) {
    std::atomic<bool> looking = true;
    std::thread editor([&] {
      for (int i = 0; looking; ++i) {
        repository.write("dir" + std::to_string(i % 20) + "/file" + std::to_string(i % 200), std::to_string(round));
        repository.write("new" + std::to_string(round) + "/" + std::to_string(i % 7), std::to_string(i));
      }
    });
    Watching watching(repository.root);
    looking = false;
    editor.join();
    CHECK(arrives(watching, repository));
    CHECK(watching.first.head.branch == "feature/deep");
  }
}

TEST_CASE("the folders alone are those of the tree") {
  Repository repository;
  repository.write("a/b/c", "1");
  repository.write("ignored/but/tracked", "1");
  repository.write("ignored/other/file", "1");
  repository.git("add -f a ignored/but");
  repository.write(".gitignore", "ignored/\n");
  repository.write("new/file", "1");
  auto alone = read_folders(repository.root), of_the_tree = read_tree(repository.root, nullptr).folders;
  std::ranges::sort(alone);
  std::ranges::sort(of_the_tree);
  CHECK(alone == of_the_tree);
  CHECK(std::ranges::find(alone, "ignored/but") != alone.end());
  CHECK(read_place(repository.root).branch == "main");
}
