#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "protocol/error.hpp"
#include "support/checkout.hpp"

using namespace gf;
using namespace gf::source;
using gf::test::paths;
using gf::test::Repository;
using gf::test::Watching;

TEST_CASE("a tree holds what Git knows and what it does not ignore, whatever the names") {
  Repository repository;
  repository.write(".gitignore", "*.log\nbuild/\n");
  repository.write("a b\nc.txt", "1");
  repository.write(std::string("bad\xff.txt"), "2");
  repository.write("x.log", "ignored");
  repository.write("build/out.o", "ignored");
  repository.write("build/kept.txt", "tracked all the same");
  repository.write("deep/.gitignore", "secret\n");
  repository.write("deep/secret", "ignored");
  repository.write("deep/file", "3");
  std::filesystem::create_symlink("/etc", repository.root + "/outside");
  std::filesystem::create_symlink("deep", repository.root + "/inside");
  std::filesystem::create_directories(repository.root + "/nested");
  REQUIRE(std::system(
              ("git init -q '" + repository.root + "/nested' && touch '" + repository.root + "/nested/f'").c_str()) ==
          0);
  repository.git("add -f build/kept.txt");
  const auto tree = read_tree(repository.root, nullptr);
  CHECK(paths(tree) == std::vector<std::string>{".gitignore", "a b\nc.txt", "bad\xff.txt", "build/kept.txt",
                                                "deep/.gitignore", "deep/file", "inside", "outside"});
  CHECK(tree.find("outside")->link);
  CHECK(*read_file(repository.root, "outside") == "/etc");
  CHECK(paths(subtree(tree, "deep")) == std::vector<std::string>{".gitignore", "file"});
  CHECK(read_file(repository.root, "nothing") == nullptr);
}

TEST_CASE("the digest follows contents and modes, not times, and can be kept up to date file by file") {
  Repository repository;
  repository.write("a", "1");
  repository.write("b", "2");
  const auto before = read_tree(repository.root, nullptr);
  repository.write("a", "1");
  CHECK(read_tree(repository.root, nullptr).digest() == before.digest());
  ::chmod((repository.root + "/a").c_str(), 0755);
  const auto executable = read_tree(repository.root, std::make_shared<const Tree>(before));
  CHECK(executable.digest() != before.digest());
  CHECK(difference(before, executable).modified == std::vector<std::string>{"a"});
  auto sum = before.sum;
  sum.remove(*before.find("a"));
  sum.add(*executable.find("a"));
  CHECK(sum.hex() == executable.digest());
  std::filesystem::remove(repository.root + "/b");
  repository.write("c", "3");
  const auto change = difference(executable, read_tree(repository.root, nullptr));
  CHECK(change.removed == std::vector<std::string>{"b"});
  CHECK(change.added == std::vector<std::string>{"c"});
}

TEST_CASE("where a work tree stands: no commit, a branch, dirty, detached, linked") {
  Repository repository;
  CHECK(read_head(repository.root).branch == "main");
  CHECK(read_head(repository.root).commit.empty());
  repository.write("a", "1");
  CHECK(read_head(repository.root).dirty);
  repository.commit();
  auto head = read_head(repository.root);
  CHECK(head.commit.size() == 40);
  CHECK(!head.dirty);
  repository.write("a", "2");
  CHECK(read_head(repository.root).dirty);
  repository.git("stash");
  repository.git("checkout -q --detach");
  CHECK(read_head(repository.root).branch.empty());
  const auto linked = (repository.folder.path() / "linked").string();
  repository.git("worktree add -q -b other '" + linked + "'");
  CHECK(find_root(linked + "/") == linked);
  CHECK(git_folder(linked).find("worktrees/linked") != std::string::npos);
  CHECK(local_branches(repository.root) == std::set<std::string>{"main", "other"});
  CHECK(local_branches(linked) == std::set<std::string>{"main", "other"});
  CHECK(place_name(repository.root) == "my repo");
  CHECK(place_name(linked) == "linked");
  repository.git("worktree move '" + linked + "' '" + linked + "-moved'");
  CHECK(place_name(linked + "-moved") == "linked");  // its name stays
  repository.git("worktree move '" + linked + "-moved' '" + linked + "'");
  CHECK(paths(read_tree(linked, nullptr)) == std::vector<std::string>{"a"});
  CHECK_THROWS_AS(find_root(repository.folder.path().string()), Error);
}

TEST_CASE("a save is told with its one file, and a save of the same contents is not") {
  Repository repository;
  repository.write("app/main.py", "1");
  repository.commit();
  Watching watching(repository.root);
  repository.write("app/main.py", "2");
  REQUIRE(watching.until([&] { return !watching.told.empty(); }));
  CHECK(difference(*watching.first.tree, *watching.told[0].tree).modified == std::vector<std::string>{"app/main.py"});
  CHECK(watching.told[0].head.dirty);
  CHECK(watching.told.back().tree->digest() == read_tree(repository.root, nullptr).digest());
  watching.rest();
  const auto before = watching.told.size();
  repository.write("app/main.py", "2");
  watching.rest();
  CHECK(watching.told.size() == before);
}

TEST_CASE("an editor's rename over the file is one save; its temporary files never travel") {
  Repository repository;
  repository.write("a.py", "1");
  repository.commit();
  Watching watching(repository.root);
  repository.write("4913", "");
  std::filesystem::remove(repository.root + "/4913");
  repository.write(".a.py.swp", "swap");
  std::filesystem::rename(repository.root + "/a.py", repository.root + "/a.py~");
  repository.write("a.py", "2");
  std::filesystem::remove(repository.root + "/a.py~");
  std::filesystem::remove(repository.root + "/.a.py.swp");
  REQUIRE(watching.until([&] {
    return !watching.told.empty() && *read_file(repository.root, "a.py") == "2" &&
           watching.told.back().tree->digest() == read_tree(repository.root, nullptr).digest();
  }));
  for (const auto& snapshot : watching.told)
    for (const auto& file : snapshot.tree->files) CHECK(file.path == "a.py");
}

TEST_CASE("new folders, moved folders and removed ones are followed; ignored ones are not") {
  Repository repository;
  repository.write(".gitignore", "node_modules/\n");
  repository.write("a", "1");
  repository.commit();
  Watching watching(repository.root);
  auto settled = [&] {
    return !watching.told.empty() &&
           watching.told.back().tree->digest() == read_tree(repository.root, nullptr).digest();
  };
  repository.write("x/y/z/file", "1");
  REQUIRE(watching.until(settled));
  repository.write("x/y/z/file", "22");
  REQUIRE(watching.until([&] { return settled() && watching.told.back().tree->find("x/y/z/file")->size == 2; }));
  std::filesystem::rename(repository.root + "/x", repository.root + "/moved");
  REQUIRE(watching.until([&] { return settled() && watching.told.back().tree->find("moved/y/z/file"); }));
  repository.write("moved/y/z/file", "333");
  REQUIRE(watching.until([&] { return settled() && watching.told.back().tree->find("moved/y/z/file")->size == 3; }));
  std::filesystem::remove_all(repository.root + "/moved");
  REQUIRE(watching.until([&] { return settled() && watching.told.back().tree->files.size() == 2; }));
  watching.rest();
  const auto before = watching.told.size();
  repository.write("node_modules/p/index.js", "1");
  watching.rest();
  repository.write("node_modules/p/index.js", "2");
  watching.rest();
  CHECK(watching.told.size() == before);
}

TEST_CASE("a branch switch of 300 files is told whole; while Git holds its lock nothing is told") {
  Repository repository;
  for (int i = 0; i < 300; ++i) repository.write("src/f" + std::to_string(i), "one");
  repository.commit();
  repository.git("checkout -q -b other");
  for (int i = 0; i < 300; ++i) repository.write("src/f" + std::to_string(i), "two");
  repository.commit();
  Watching watching(repository.root);
  repository.git("checkout -q main");
  const auto expected = read_tree(repository.root, nullptr).digest();
  REQUIRE(watching.until([&] {
    return !watching.told.empty() && watching.told.back().tree->digest() == expected &&
           watching.told.back().head.branch == "main";
  }));
  CHECK(watching.told.size() <= 2);
  watching.rest();
  watching.told.clear();
  repository.write("../lock-copy", "");
  std::ofstream(repository.root + "/.git/index.lock") << "";
  repository.write("src/f0", "three");
  watching.rest();
  CHECK(watching.told.empty());
  std::filesystem::remove(repository.root + "/.git/index.lock");
  CHECK(watching.until([&] { return !watching.told.empty(); }));
}

TEST_CASE("a root that goes and comes back is said so and followed again") {
  Repository repository;
  repository.write("a", "1");
  repository.commit();
  Watching watching(repository.root);
  const auto away = repository.root + "-away";
  std::filesystem::rename(repository.root, away);
  REQUIRE(watching.until([&] { return !watching.warnings.empty(); }));
  CHECK(watching.warnings[0].find("not there any more") != std::string::npos);
  std::ofstream(away + "/a") << "22";
  std::filesystem::rename(away, repository.root);
  REQUIRE(watching.until([&] { return !watching.told.empty(); }));
  CHECK(watching.told.back().tree->find("a")->size == 2);
}
