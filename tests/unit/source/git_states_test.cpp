#include <algorithm>
#include <thread>

#include "support/checkout.hpp"
#include "support/hasty_clock.hpp"

// A contract for each state that Git leaves a checkout in: it is told whole, with the branch and commit that Git names,
// and so is the way back.
using namespace gf;
using namespace gf::source;
using gf::test::paths;
using gf::test::Repository;
using gf::test::Watching;

namespace {

/// Two branches that cannot be merged by themselves, and a file that Git does not know.
struct Fixture : Repository {
  Fixture() {
    write("shared", "one\n");
    write("src/kept", "kept");
    commit();
    write("second", "2");
    commit();
    git("checkout -q -b other HEAD~1");
    write("shared", "other\n");
    write("src/of other", "o");
    commit();
    git("checkout -q main");
    write("shared", "main\n");
    commit();
    write("untracked", "mine");
  }
};

bool tells(Watching& watching, const Fixture& fixture) {
  const auto commit = fixture.ask("rev-parse -q --verify HEAD"), branch = fixture.ask("symbolic-ref -q --short HEAD");
  const auto digest = read_tree(fixture.root, nullptr).digest();
  return watching.until([&] {
    const auto& newest = watching.told.empty() ? watching.first : watching.told.back();
    return newest.tree->digest() == digest && newest.head.commit == commit && newest.head.branch == branch;
  });
}

bool has_markers(const Fixture& fixture) {
  const auto contents = read_file(fixture.root, "shared");
  return contents && contents->find("<<<<<<<") != std::string::npos;
}

}  // namespace

TEST_CASE("Git's states are told whole, and so is the way back") {
  struct Row {
    std::string name;
    std::string before;            ///< done before anybody watches
    std::vector<std::string> way;  ///< each told before the next is done
  };
  const Row rows[] = {
      {"checkout", "status", {"checkout -q other", "checkout -q main"}},
      {"checkout by force", "status", {"rm -q --cached second", "checkout -q -f other", "checkout -q -f main"}},
      {"detached HEAD", "status", {"checkout -q --detach", "checkout -q --detach HEAD~1", "checkout -q main"}},
      {"a branch to be born", "status", {"checkout -q --orphan new", "reset -q --hard", "checkout -q main"}},
      {"another name of the branch", "status", {"branch -m main trunk", "branch -m trunk main"}},
      {"stash", "apply unsaved", {"stash -q", "stash pop -q"}},
      {"stash with what is not tracked", "apply unsaved", {"stash -q -u", "stash apply -q --index", "stash drop -q"}},
      {"reset of the tree", "status", {"reset -q --hard HEAD~1", "reset -q --hard ORIG_HEAD"}},
      {"reset of the branch alone", "status", {"reset -q --soft HEAD~1", "reset -q --soft ORIG_HEAD"}},
      {"reset of branch and index", "status", {"reset -q HEAD~1", "add -A", "commit -q -m again"}},
      {"commits", "status", {"commit -q --allow-empty -m empty", "commit -q --amend --allow-empty -m other"}},
      {"merge without a conflict", "checkout -q second-only", {"merge -q --no-edit other", "reset -q --hard HEAD~1"}},
      {"clean", "status", {"clean -q -f"}},
      {"bisect", "status", {"bisect start HEAD HEAD~2", "bisect reset"}},
      {"packed references",
       "status",
       {"pack-refs --all", "checkout -q other", "gc -q", "commit -q --allow-empty -m more"}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    Fixture fixture;
    fixture.git("branch second-only HEAD~1");
    fixture.write("unsaved", "patched");
    fixture.write("shared", "not committed\n");
    if (row.before != "apply unsaved") {
      fixture.git("checkout -q -- shared");
      fixture.git(row.before);
    }
    Watching watching(fixture.root);
    for (const auto& step : row.way) {
      CAPTURE(step);
      fixture.git(step);
      CHECK(tells(watching, fixture));
    }
  }
}

TEST_CASE("a merge with a conflict is told with its marks, given up and resolved") {
  for (const std::string way : {"merge -q other", "cherry-pick other", "rebase -q other", "stash pop -q"}) {
    CAPTURE(way);
    Fixture fixture;
    if (way.starts_with("stash")) {
      fixture.write("shared", "stashed\n");
      fixture.git("stash -q");
      fixture.write("shared", "between\n");
      fixture.git("commit -q -a -m between");
    }
    Watching watching(fixture.root);
    CHECK_FALSE(fixture.try_git(way));
    REQUIRE(has_markers(fixture));
    CHECK(tells(watching, fixture));
    const auto& newest = watching.told.back();
    CHECK(newest.tree->find("shared")->digest == read_tree(fixture.root, nullptr).find("shared")->digest);
    CHECK(newest.head.dirty);
    const auto verb = way.substr(0, way.find(' '));
    if (verb == "stash") {
      fixture.git("reset -q --hard");
      CHECK(tells(watching, fixture));
      continue;
    }
    fixture.git(verb + " --abort");
    CHECK_FALSE(has_markers(fixture));
    CHECK(tells(watching, fixture));
    CHECK(watching.told.back().head.branch == "main");
    CHECK_FALSE(fixture.try_git(way));
    CHECK(tells(watching, fixture));
    CHECK((verb == "rebase") == watching.told.back().head.branch.empty());  // rebases go on without a branch
    fixture.write("shared", "resolved\n");
    CHECK(tells(watching, fixture));
    fixture.git("add shared");
    fixture.git(verb == "merge" ? "commit -q --no-edit" : "-c core.editor=true " + verb + " --continue");
    CHECK(tells(watching, fixture));
    CHECK(watching.told.back().head.branch == "main");
    CHECK(*read_file(fixture.root, "shared") == "resolved\n");
  }
}

TEST_CASE("a rebase that stops for a commit to be edited is told as it stands, and as it ends") {
  Fixture fixture;
  Watching watching(fixture.root);
  fixture.git("-c sequence.editor='sed -i 1s/pick/edit/' rebase -q -i HEAD~1");
  CHECK(tells(watching, fixture));
  CHECK(watching.told.back().head.branch.empty());
  fixture.write("shared", "edited\n");
  CHECK(tells(watching, fixture));
  fixture.git("commit -q -a --amend -m edited");
  CHECK(tells(watching, fixture));
  CHECK(fixture.try_git("rebase --continue"));
  CHECK(tells(watching, fixture));
  CHECK(watching.told.back().head.branch == "main");
}

TEST_CASE("a linked work tree has conflicts, a rebase and their ends of its own") {
  Fixture fixture;
  const auto linked = (fixture.folder.path() / "linked").string();
  fixture.git("worktree add -q '" + linked + "' other");
  fixture.root = linked;  // from here on
  REQUIRE(git_folder(linked).find("worktrees/linked") != std::string::npos);
  Watching watching(linked);
  for (const std::string way : {"merge", "rebase"}) {
    CAPTURE(way);
    CHECK_FALSE(fixture.try_git(way + " -q main"));
    REQUIRE(has_markers(fixture));
    CHECK(tells(watching, fixture));
    CHECK((way == "rebase") == watching.told.back().head.branch.empty());
    fixture.git(way + " --abort");
    CHECK(tells(watching, fixture));
    CHECK(watching.told.back().head.branch == "other");
  }
}

TEST_CASE("a work tree that is added within another is none of its files; its own state is its own") {
  Fixture fixture;
  Watching watching(fixture.root);
  fixture.git("worktree add -q inside other");
  fixture.write("after", "1");
  CHECK(tells(watching, fixture));
  for (const auto& path : paths(*watching.told.back().tree)) CHECK_FALSE(path.starts_with("inside/"));
  const auto inside = fixture.root + "/inside";
  Watching within(inside);
  CHECK(within.first.head.branch == "other");
  CHECK(paths(*within.first.tree) == std::vector<std::string>{"shared", "src/kept", "src/of other"});
  // A commit there moves another branch: nothing of it is told here.
  const auto before = watching.told.size();
  REQUIRE(std::system(("cd '" + inside + "' && echo 2 >new && git add new && git commit -q -m new").c_str()) == 0);
  CHECK(within.until([&] { return !within.told.empty() && within.told.back().tree->find("new"); }));
  CHECK(within.until([&] {
    return within.told.back().head.commit == fixture.ask("rev-parse other") && !within.told.back().head.dirty;
  }));
  watching.rest();
  CHECK(watching.told.size() == before);
}

TEST_CASE("while Git itself holds index.lock nothing is told, and everything once it has finished") {
  Fixture fixture;
  // Git runs this hook with the index locked.
  const auto going = fixture.folder.path() / "going", go_on = fixture.folder.path() / "go on";
  fixture.write(".git/hooks/pre-commit", "#!/bin/sh\ntouch '" + going.string() + "'\nwhile ! [ -e '" + go_on.string() +
                                             "' ]; do sleep 0.01; done\n");
  std::filesystem::permissions(fixture.root + "/.git/hooks/pre-commit", std::filesystem::perms::all);
  fixture.write("shared", "to be committed\n");
  Watching watching(fixture.root);
  std::thread committing([&] { fixture.try_git("commit -q -a -m slow"); });
  while (!std::filesystem::exists(going)) watching.rest();
  CHECK(std::filesystem::exists(fixture.root + "/.git/index.lock"));
  watching.told.clear();
  for (int i = 0; i < 5; ++i) fixture.write("src/new " + std::to_string(i), "while Git works");
  fixture.write("src/kept", "while Git works");
  watching.rest();
  CHECK(watching.told.empty());
  std::ofstream{go_on};
  committing.join();
  CHECK(tells(watching, fixture));
  CHECK(watching.told.back().tree->find("src/new 4"));
}

TEST_CASE("a lock that no Git holds any more is waited for and told, and then holds up nothing") {
  Fixture fixture;
  constexpr int times_as_fast = 60;  // the minute is a second
  Watching watching(fixture.root, std::make_unique<gf::test::HastyClock>(times_as_fast));
  std::ofstream{fixture.root + "/.git/index.lock"};
  fixture.write("shared", "saved beside a leftover\n");
  watching.rest();
  CHECK(watching.told.empty());
  CHECK(watching.warnings.empty());
  CHECK(tells(watching, fixture));
  REQUIRE_FALSE(watching.warnings.empty());
  CHECK(watching.warnings[0].find(".git/index.lock has been there for a minute") != std::string::npos);
  CHECK(watching.warnings[0].find("remove it") != std::string::npos);
  fixture.write("src/new", "and so is what comes after it");
  CHECK(tells(watching, fixture));
  std::filesystem::remove(fixture.root + "/.git/index.lock");
  fixture.write("src/kept", "changed");
  CHECK(tells(watching, fixture));
}
