#pragma once
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "source/source_watcher.hpp"
#include "support/run_task.hpp"
#include "support/temporary_folder.hpp"

namespace gf::test {

/// A repository of its own in a temporary folder.
struct Repository {
  TemporaryFolder folder;
  std::string root = (folder.path() / "my repo").string();
  Repository() {
    std::filesystem::create_directories(root);
    git("init -q -b main");
    git("config user.email a@example.com");
    git("config user.name a");
  }
  void git(const std::string& arguments) const {
    const auto command = "cd '" + root + "' && git " + arguments + " >/dev/null 2>&1";
    REQUIRE(std::system(command.c_str()) == 0);
  }
  /// As git(), but whether it succeeds is the test's matter.
  bool try_git(const std::string& arguments) const {
    const auto command = "cd '" + root + "' && GIT_EDITOR=true git " + arguments + " >/dev/null 2>&1";
    return std::system(command.c_str()) == 0;
  }
  /// The first line of what Git answers.
  std::string ask(const std::string& arguments) const {
    const auto answer = folder.path() / "answer";
    const auto command = "cd '" + root + "' && git " + arguments + " >'" + answer.string() + "' 2>/dev/null";
    (void)!std::system(command.c_str());
    std::string line;
    std::ifstream file(answer);
    std::getline(file, line);
    return line;
  }
  void write(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(root + '/' + path).parent_path());
    std::ofstream(root + '/' + path, std::ios::binary) << text;
  }
  void commit() const {
    git("add -A");
    git("commit -q -m x");
  }
};

inline std::vector<std::string> paths(const source::Tree& tree) {
  std::vector<std::string> all;
  for (const auto& file : tree.files) all.push_back(file.path);
  return all;
}

/// A watcher on one repository that keeps what it was told.
struct Watching {
  net::io_context io;
  std::unique_ptr<Clock> clock;
  WorkerPool workers;
  source::SourceWatcher watcher{io.get_executor(), *clock, workers};
  std::vector<source::Snapshot> told;
  std::vector<std::string> warnings;
  source::Snapshot first;
  explicit Watching(const std::string& root, std::unique_ptr<Clock> by = std::make_unique<SystemClock>())
      : clock(std::move(by)) {
    watcher.on_warning([this](const std::string&, const std::string& sentence) { warnings.push_back(sentence); });
    first = run_task(io, watcher.add(root, [this](source::Snapshot snapshot) { told.push_back(std::move(snapshot)); }));
  }
  ~Watching() { run_task(io, watcher.stop()); }
  /// Runs until `condition`; false when it does not come true in time.
  bool until(const std::function<bool()>& condition) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition() && std::chrono::steady_clock::now() < limit) {
      io.restart();
      io.run_one_for(std::chrono::milliseconds(50));
    }
    return condition();
  }
  /// Lets everything that is under way come to rest: for "nothing was told".
  void rest() {
    io.restart();
    io.run_for(std::chrono::milliseconds(150));
  }
};

}  // namespace gf::test
