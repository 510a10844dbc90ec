#include "model/git_operations.hpp"

#include <array>
#include <atomic>
#include <random>
#include <thread>

#include "model/file_steps.hpp"
#include "model/places.hpp"
#include "model/world.hpp"

namespace gf::model {

namespace fs = std::filesystem;

namespace {

/// Ends whatever is under way, so that the next is not refused for it; a rebase that could not even put the edits aside
/// has nothing to go back to. %b is a branch, %n a number.
const std::string fresh =
    "git rebase --abort || rm -rf .git/rebase-merge; git merge --abort; git cherry-pick --abort; git add -A; git "
    "commit -q -m edits; ";

/// Files change all the time: without --autostash Git would refuse nearly every rebase and merge.
struct Kind {
  const char* commands;
  unsigned weight;
  bool from_fresh;
};
// Two branches that say different things of the same file.
#define TORN                                                                                        \
  "git checkout -q -f %b; git branch -f side; echo ours %n > a; git add a; git commit -q -m ours; " \
  "git checkout -q -f side; echo theirs %n > a; git add a; git commit -q -m theirs; "
constexpr Kind kinds[] = {
    {"git checkout -q %b || git checkout -q -f %b", 5, false},
    {"git checkout -q -f %b", 3, true},
    {"git checkout -q -f --detach %b", 1, true},
    {"git checkout -q -B %b", 1, true},
    {"git add -A; git commit -q -m more", 2, false},
    {"git commit -q -a --amend -m other", 1, true},
    {"git rebase -q --autostash %b", 6, true},
    {"git rebase -q --autostash %b; git add -A; git rebase --continue || git rebase --skip", 3, true},
    {"git add -A; git rebase --continue || git rebase --skip", 1, false},
    {"git rebase --abort", 1, false},
    {"git merge -q --no-edit --autostash %b", 6, true},
    {"git add -A; git commit -q --no-edit", 3, false},
    {"git merge --abort || git reset -q --merge", 1, false},
    {TORN "git merge -q --no-edit --autostash %b", 4, true},
    {TORN "git rebase -q --autostash %b", 4, true},
    {TORN "git cherry-pick %b", 2, true},
    {"git stash -q -u && git stash pop -q", 3, false},
    {"git stash -q -u; git checkout -q -f %b; git stash pop -q || { git reset -q --hard; git stash drop -q; }", 3,
     false},
    {"git stash -q", 1, false},
    {"git reset -q --hard HEAD~1 || git reset -q --hard", 3, false},
    {"git reset -q --soft HEAD~1", 1, false},
    {"git reset -q HEAD~1 || git reset -q", 1, false},
    {"git worktree add -q --detach ../linked-%n %b && git -C ../linked-%n commit -q --allow-empty -m there", 2, false},
    {"git worktree add -q --detach inside %b || git worktree remove -f inside", 2, false},
    {"git clean -q -fd", 1, false},
    {"git pack-refs --all; git gc -q", 1, false},
};
#undef TORN

void replace_all(std::string& text, const std::string& what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

/// Edits until it is destroyed, a few hundred times a second.
class Editor {
 public:
  Editor(World& world, std::uint64_t seed) : thread_([this, &world, seed] { edit(world, seed); }) {}
  ~Editor() {
    stop_ = true;
    thread_.join();
  }
  Editor(const Editor&) = delete;
  Editor& operator=(const Editor&) = delete;

 private:
  void edit(World& world, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    while (!stop_) {
      Step step;
      step.a = static_cast<unsigned>(random() >> 40);
      step.b = static_cast<unsigned>(random() >> 40);
      // None of these lets the daemon's part go on: that is the other thread's.
      static constexpr std::array edits{write_file, write_file, write_file, append_file, rename_file, remove_file};
      edits[random() % edits.size()](world, step);
      std::this_thread::sleep_for(std::chrono::milliseconds(random() % 6));
    }
  }

  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

/// One operation beside edits, with the daemon's part going on.
void run_beside_edits(World& world, const std::string& commands, std::uint64_t seed) {
  const Editor editor(world, seed);
  std::atomic<bool> done = false;
  std::thread git([&] {
    world.run(commands);
    done = true;
  });
  while (!done) world.turn(std::chrono::milliseconds(2));
  git.join();
}

/// Whether Git waits for somebody to resolve a conflict.
bool has_conflict(const World& world) { return !world.run("test -z \"$(git ls-files --unmerged)\""); }

}  // namespace

std::vector<std::string> random_operations(std::uint64_t seed, std::size_t count) {
  std::mt19937_64 random(seed);
  unsigned total = 0;
  for (const auto& kind : kinds) total += kind.weight;
  // Not the library's distributions: they differ from one to the next.
  const auto below = [&](unsigned limit) { return static_cast<unsigned>(random() >> 33) % limit; };
  std::vector<std::string> operations;
  for (std::size_t number = 0; number < count; ++number) {
    const Kind* kind = kinds;
    for (auto left = below(total); left >= kind->weight; ++kind) left -= kind->weight;
    auto commands = (kind->from_fresh ? fresh : "") + kind->commands;
    replace_all(commands, "%b", branch_name(below(1000)));
    replace_all(commands, "%n", std::to_string(number));
    operations.push_back(std::move(commands));
  }
  return operations;
}

std::string play_operations(const std::vector<std::string>& operations, std::uint64_t seed) {
  World world;
  std::size_t conflicts = 0;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    run_beside_edits(world, operations[i], seed + i);
    conflicts += has_conflict(world);
    const auto wrong = world.settle();
    if (!wrong.empty()) return "after operation " + std::to_string(i + 1) + " (" + operations[i] + "): " + wrong;
  }
  if (conflicts == 0) return "no operation met a conflict, so the test shows little";
  return {};
}

}  // namespace gf::model
