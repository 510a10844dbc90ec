#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "support/checkout.hpp"

// What a checkout may hold or go through that is not everyday.
using namespace gf;
using namespace gf::source;
using gf::test::paths;
using gf::test::Repository;
using gf::test::Watching;

namespace {

constexpr int no_namespace = 77;
const std::vector<std::string> odd_names{"a b.txt", "c\nd", "e\xff.txt", "-n", "'\"$(x)`\\", "*?[a]", "\xc3\xa4"};

bool is_current(const Watching& watching, const std::string& root) {
  return !watching.told.empty() && watching.told.back().tree->digest() == read_tree(root, nullptr).digest();
}

}  // namespace

TEST_CASE("saves, renames and deletes of files with odd names are told by just these names") {
  Repository repository;
  for (const auto& name : odd_names) repository.write("sub\n dir/" + name, "1");
  repository.commit();
  Watching watching(repository.root);
  CHECK(watching.first.tree->files.size() == odd_names.size());
  for (const auto& name : odd_names) {
    const auto path = "sub\n dir/" + name;
    CAPTURE(path);
    watching.told.clear();
    repository.write(path, "two");
    REQUIRE(watching.until([&] { return is_current(watching, repository.root); }));
    CHECK(*read_file(repository.root, path) == "two");
    CHECK(watching.told.back().tree->find(path)->size == 3);
    watching.told.clear();
    std::filesystem::rename(repository.root + '/' + path, repository.root + '/' + name);
    REQUIRE(watching.until([&] { return is_current(watching, repository.root); }));
    CHECK(watching.told.back().tree->find(name));
    CHECK_FALSE(watching.told.back().tree->find(path));
    watching.told.clear();
    std::filesystem::remove(repository.root + '/' + name);
    REQUIRE(watching.until([&] { return is_current(watching, repository.root); }));
    CHECK_FALSE(watching.told.back().tree->find(name));
  }
}

TEST_CASE("what lies behind a link is not the checkout's: neither read nor watched") {
  Repository repository;
  const auto outside = repository.folder.path() / "outside";
  std::filesystem::create_directories(outside);
  std::ofstream(outside / "secret") << "not yours";
  repository.write("dir/secret", "mine");
  std::filesystem::create_directory_symlink(outside, repository.root + "/link");
  repository.commit();
  Watching watching(repository.root);
  CHECK(paths(*watching.first.tree) == std::vector<std::string>{"dir/secret", "link"});
  CHECK(watching.first.tree->find("link")->link);
  CHECK(*read_file(repository.root, "link") == outside.string());
  CHECK(read_file(repository.root, "link/secret") == nullptr);
  CHECK_FALSE(read_tree_file(repository.root, "link/secret"));
  std::ofstream(outside / "secret") << "changed";
  watching.rest();
  CHECK(watching.told.empty());
  // The folder becomes a link after it was looked at: its path now leads out.
  std::filesystem::remove_all(repository.root + "/dir");
  std::filesystem::create_directory_symlink(outside, repository.root + "/dir");
  CHECK(read_file(repository.root, "dir/secret") == nullptr);
  CHECK_FALSE(read_tree_file(repository.root, "dir/secret"));
  REQUIRE(watching.until([&] { return is_current(watching, repository.root); }));
  CHECK(paths(*watching.told.back().tree) == std::vector<std::string>{"dir", "link"});
}

TEST_CASE("more events than the kernel keeps: everything is read again, and nothing is missed") {
  Repository repository;
  repository.write("a", "1");
  repository.write("b", "1");
  repository.commit();
  Watching watching(repository.root);
  long kept = 0;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> kept;
  REQUIRE(kept > 0);
  // Two in turn: the kernel merges an event only with one like it right before. They change nothing.
  for (long i = 0; i < kept + 16; ++i) REQUIRE(::chmod((repository.root + (i % 2 ? "/a" : "/b")).c_str(), 0644) == 0);
  repository.write("b", "its event is lost");
  repository.write("new/file", "too");
  REQUIRE(watching.until([&] { return is_current(watching, repository.root); }));
  CHECK(std::ranges::any_of(watching.told, &Snapshot::rescanned));
  watching.told.clear();
  repository.write("new/file", "its folder is watched");
  CHECK(watching.until([&] { return is_current(watching, repository.root); }));
}

TEST_CASE("more folders than the kernel may watch: it is said, and changes are found all the same") {
  Repository repository;
  for (int i = 0; i < 8; ++i) repository.write("dir" + std::to_string(i) + "/file", "1");
  repository.commit();
  // The limit is of a user namespace: a process with one of its own can lower it for itself.
  const pid_t child = ::fork();
  if (child == 0) {
    if (::unshare(CLONE_NEWUSER) != 0 || !(std::ofstream("/proc/sys/user/max_inotify_watches") << 4 << std::flush))
      ::_exit(no_namespace);
    Watching watching(repository.root);
    if (watching.warnings.size() != 1 || watching.warnings[0].find("max_user_watches") == std::string::npos) ::_exit(1);
    repository.write("dir7/file", "two");
    ::_exit(watching.until([&] { return is_current(watching, repository.root); }) ? 0 : 2);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  if (WEXITSTATUS(status) == no_namespace)
    MESSAGE("not shown: this machine gives no user namespaces");
  else
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a linked work tree is a checkout like any other, with its own lock") {
  Repository repository;
  repository.write("a", "1");
  repository.commit();
  const auto linked = (repository.folder.path() / "linked").string();
  repository.git("worktree add -q -b other '" + linked + "'");
  Watching watching(linked);
  CHECK(watching.first.head.branch == "other");
  std::ofstream(linked + "/a") << "saved";
  REQUIRE(watching.until([&] { return is_current(watching, linked); }));
  CHECK(watching.told.back().head.dirty);
  watching.told.clear();
  const auto lock = git_folder(linked) + "/index.lock";
  std::ofstream{lock};
  std::ofstream(linked + "/a") << "saved while Git works";
  watching.rest();
  CHECK(watching.told.empty());
  std::filesystem::remove(lock);
  REQUIRE(watching.until([&] { return is_current(watching, linked); }));
  watching.told.clear();
  std::ofstream(repository.root + "/.git/index.lock") << "";  // of the main work tree
  std::ofstream(linked + "/a") << "saved while Git works elsewhere";
  CHECK(watching.until([&] { return is_current(watching, linked); }));
}
