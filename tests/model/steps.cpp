#include "model/steps.hpp"

#include <sys/stat.h>

#include <array>
#include <fstream>
#include <numeric>
#include <random>

#include "model/file_steps.hpp"
#include "model/places.hpp"
#include "model/world.hpp"

namespace gf::model {

namespace {

void replace_all(std::string& text, const std::string& what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

/// %p a file, %b a branch.
std::string command_of(const Step& step) {
  static constexpr const char* commands[] = {"git add -A",
                                             "git add -f '%p'",
                                             "git rm -q --cached '%p'",
                                             "git add -A; git commit -q -m more",
                                             "git commit -q -a -m some",
                                             "git commit -q --amend --allow-empty -m other",
                                             "git checkout -q %b",
                                             "git checkout -q -f %b",
                                             "git checkout -q -B %b",
                                             "git checkout -q --detach HEAD~1",
                                             "git checkout -q -- .",
                                             "git stash -q -u",
                                             "git stash -q",
                                             "git stash pop -q",
                                             "git stash drop -q",
                                             "git reset -q --hard HEAD~1",
                                             "git reset -q --soft HEAD~1",
                                             "git reset -q",
                                             "git reset -q --hard",
                                             "git merge -q --no-edit %b",
                                             "git merge --abort",
                                             "git rebase -q %b",
                                             "git add -A; git rebase --continue",
                                             "git rebase --abort",
                                             "git cherry-pick %b",
                                             "git cherry-pick --abort",
                                             "git clean -q -fd",
                                             "git worktree add -q --detach ../linked-%b %b",
                                             "git rebase --abort; git merge --abort; git checkout -q -f main"};
  std::string command = commands[step.a % std::size(commands)];
  replace_all(command, "%p", file_name(step.b));
  replace_all(command, "%b", branch_name(step.c));
  return command;
}

void run_git(World& world, const Step& step) { world.run(command_of(step)); }

/// Git holds its lock while files change.
void hold_the_lock(World& world, const Step& step) {
  const auto lock = world.root() / ".git/index.lock";
  std::ofstream{lock};
  write_file(world, step);
  world.turn(std::chrono::milliseconds(step.c % 10));
  std::filesystem::remove(lock);
}

/// Really more events than the kernel keeps. Two files in turn: it merges an event only with one like it right before.
void overflow(World& world, const Step& step) {
  long kept = 0;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> kept;
  if (kept > 100'000) return;  // would take seconds
  for (long i = 0; i < kept + 16; ++i) ::chmod((world.root() / (i % 2 ? "flood 1" : "flood 2")).c_str(), 0644);
  step.c % 2 ? write_file(world, step) : rename_folder(world, step);
}

template <Fault fault>
void befall(World& world, const Step& step) {
  static constexpr std::size_t bytes[] = {0, 0, 5, 14, 60, 500, 3000, 65'000, 100'000};
  world.cluster().node(step.a).plan(fault, bytes[step.b % std::size(bytes)]);
}

struct Kind {
  const char* name;
  unsigned weight;
  void (*perform)(World& world, const Step& step);
  /// What of the numbers says something to people.
  enum { files, folders, file, folder, command, node } shows;
};
constexpr Kind kinds[] = {
    {"write", 14, write_file, Kind::file},
    {"append to", 4, append_file, Kind::file},
    {"write slowly", 4, write_slowly, Kind::file},
    {"write other contents for a moment into", 4, write_and_back, Kind::file},
    {"write as many other bytes, keeping the time, into", 2, write_as_before, Kind::file},
    {"save by rename", 5, save_by_rename, Kind::file},
    {"leave an editor's file beside", 2, leave_editor_file, Kind::file},
    {"remove", 5, remove_file, Kind::file},
    {"remove and write anew", 4, remove_and_write, Kind::file},
    {"rename", 6, rename_file, Kind::files},
    {"change the mode of", 4, change_mode, Kind::file},
    {"make a link in the place of", 4, make_link, Kind::files},
    {"write ignore rules", 3, ignore_other_files, Kind::file},
    {"make the folder", 2, make_folder, Kind::folder},
    {"rename the folder", 4, rename_folder, Kind::folders},
    {"swap the folders", 3, swap_folders, Kind::folders},
    {"remove the folder", 3, remove_folder, Kind::folder},
    {"make a repository of", 1, make_repository, Kind::folder},
    {"run", 40, run_git, Kind::command},
    {"hold Git's lock and write", 2, hold_the_lock, Kind::file},
    {"flood the watch, then write or rename", 1, overflow, Kind::folders},
    {"kill the agent", 3, befall<Fault::kill_agent>, Kind::node},
    {"cut the stream", 4, befall<Fault::cut_stream>, Kind::node},
    {"cut the answers", 3, befall<Fault::cut_answers>, Kind::node},
    {"restart the container", 5, befall<Fault::restart_container>, Kind::node},
    {"fill the disk", 5, befall<Fault::fill_disk>, Kind::node},
};

}  // namespace

std::vector<Step> random_steps(std::uint64_t seed, std::size_t count) {
  std::mt19937_64 random(seed);
  constexpr auto total = std::accumulate(std::begin(kinds), std::end(kinds), 0u,
                                         [](unsigned sum, const Kind& kind) { return sum + kind.weight; });
  constexpr std::array pauses{0u, 0u, 1u, 3u, 8u};
  // Not the library's distributions: they differ from one to the next.
  const auto below = [&](unsigned limit) { return static_cast<unsigned>(random() >> 33) % limit; };
  std::vector<Step> steps(count);
  for (auto& step : steps) {
    for (auto left = below(total); left >= kinds[step.kind].weight; ++step.kind) left -= kinds[step.kind].weight;
    step.a = below(1'000'000);
    step.b = below(1'000'000);
    step.c = below(1'000'000);
    step.pause = pauses[below(pauses.size())];
    step.settles = below(4) == 0;
  }
  return steps;
}

void perform(World& world, const Step& step) {
  kinds[step.kind].perform(world, step);
  world.turn(std::chrono::milliseconds(step.pause));
}

std::string describe(const Step& step) {
  const auto& kind = kinds[step.kind];
  std::string text = std::string(kind.name) + ' ';
  if (kind.shows == Kind::file) text += file_name(step.a);
  if (kind.shows == Kind::files) text += file_name(step.a) + " -> " + file_name(step.b);
  if (kind.shows == Kind::folder) text += folder_name(step.a);
  if (kind.shows == Kind::folders) text += folder_name(step.a) + " -> " + folder_name(step.b);
  if (kind.shows == Kind::command) text += command_of(step);
  if (kind.shows == Kind::node) text += "of node " + std::to_string(step.a % Cluster::nodes);
  text += "  {" + std::to_string(step.a) + ", " + std::to_string(step.b) + ", " + std::to_string(step.c) + "}";
  if (step.pause) text += ", " + std::to_string(step.pause) + " ms";
  if (step.settles) text += ", settle";
  return text;
}

}  // namespace gf::model
