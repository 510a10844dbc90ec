#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "support/temporary_folder.hpp"

// The real gf-supervise with programs of the shell.
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds limit(20'000);  // for what is to come at once

class Supervised {
 public:
  explicit Supervised(std::vector<std::string> line) {
    line.insert(line.begin(), GF_SUPERVISE);
    std::vector<char*> words;
    for (auto& word : line) words.push_back(word.data());
    words.push_back(nullptr);
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    said_ = ends[0];
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(ends[1], 1);
      ::dup2(ends[1], 2);
      ::execv(words[0], words.data());
      ::_exit(99);
    }
    ::close(ends[1]);
  }
  ~Supervised() {
    if (pid_ != 0) {
      signal(SIGTERM);
      status();
    }
    ::close(said_);
  }

  void signal(int number) const { REQUIRE(::kill(pid_, number) == 0); }
  void restart() const { signal(SIGRTMIN); }
  pid_t pid() const { return pid_; }

  /// The next line that begins with `beginning`: what follows in it.
  std::string after(const std::string& beginning) {
    const auto until = Clock::now() + limit;
    for (;;) {
      for (auto end = text_.find('\n'); end != text_.npos; end = text_.find('\n')) {
        const auto line = text_.substr(0, end);
        text_.erase(0, end + 1);
        if (line.starts_with(beginning)) return line.substr(beginning.size());
      }
      if (!read_until(until)) {
        CAPTURE(beginning);
        FAIL("it does not say that");
      }
    }
  }
  /// What it says within `time`, and has not been asked for.
  std::string rest(milliseconds time) {
    const auto until = Clock::now() + time;
    while (read_until(until)) continue;
    return text_;
  }
  bool lives() const { return ::waitpid(pid_, nullptr, WNOHANG) == 0; }
  /// Waits for its end; the status as a shell tells it.
  int status() {
    int told = 0;
    REQUIRE(::waitpid(pid_, &told, 0) == pid_);
    pid_ = 0;
    return WIFSIGNALED(told) ? 128 + WTERMSIG(told) : WEXITSTATUS(told);
  }

 private:
  bool read_until(Clock::time_point until) {
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
    pollfd wait{said_, POLLIN, 0};
    if (left <= 0 || ::poll(&wait, 1, static_cast<int>(left)) <= 0) return false;
    char buffer[4096];
    const auto got = ::read(said_, buffer, sizeof buffer);
    if (got <= 0) return false;
    text_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }

  pid_t pid_ = 0;
  int said_ = -1;
  std::string text_;
};

std::vector<std::string> shell(std::vector<std::string> options, const std::string& script) {
  options.insert(options.end(), {"--", "sh", "-c", script});
  return options;
}

/// Whether the process has ended, zombies included, at last.
bool ends(pid_t pid) {
  for (const auto until = Clock::now() + limit; Clock::now() < until; std::this_thread::sleep_for(milliseconds(5))) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string number, name, state;
    if (!(file >> number >> name >> state) || state == "Z") return true;
  }
  return false;
}

}  // namespace

TEST_CASE("gf-supervise: a restart replaces the program, TERM ends it and its status is passed on") {
  Supervised one(shell({}, "echo up $$; exec sleep 60"));
  const auto first = one.after("up ");
  one.restart();
  one.after("gf-supervise: files have changed: restart");
  const auto second = one.after("up ");
  CHECK(first != second);
  CHECK(ends(std::stoi(first)));
  one.signal(SIGTERM);
  CHECK(one.status() == 128 + SIGTERM);
}

TEST_CASE("gf-supervise: what ignores TERM is killed after the grace") {
  Supervised one(shell({"--grace", "0.3"}, "trap '' TERM; echo up $$; while :; do sleep 60; done"));
  const auto first = one.after("up ");
  const auto began = Clock::now();
  one.restart();
  one.after("gf-supervise: not everything ended within 0.3 s after TERM: killed");
  one.after("up ");
  CHECK(Clock::now() - began >= milliseconds(300));
  CHECK(ends(std::stoi(first)));
  one.signal(SIGKILL);
  CHECK(one.status() == 128 + SIGKILL);
}

TEST_CASE("gf-supervise: the whole group goes before the program starts anew") {
  // The program itself ends at once; one of its children takes its time, the other does not end by itself.
  const auto* script =
      "(trap 'sleep 0.3; echo tidied up; exit' TERM; echo ready; while :; do sleep 0.02; done) & "
      "(trap '' TERM; echo stubborn; exec sleep 60) & sleep 0.2; echo up $!; exec sleep 60";
  Supervised one(shell({"--grace", "2"}, script));
  const auto stubborn = one.after("up ");
  one.restart();
  one.after("tidied up");
  one.after("gf-supervise: not everything ended");
  one.after("up ");
  CHECK(ends(std::stoi(stubborn)));
  one.restart();
  one.after("tidied up");
  one.after("up ");
}

TEST_CASE("gf-supervise: it does not wait for the grace when all have ended") {
  Supervised one(shell({"--grace", "60"}, "sleep 60 & echo up; wait"));
  one.after("up");
  one.restart();
  one.after("up");
}

TEST_CASE("gf-supervise: what breaks after a restart is held until the next one") {
  gf::test::TemporaryFolder folder;
  const auto program = folder.path() / "program";
  const auto save = [&](const std::string& text) { std::ofstream(program) << text; };
  save("echo good; exec sleep 60\n");
  Supervised one({"--", "sh", program});
  one.after("good");
  save("exit 3\n");
  one.restart();
  one.after("gf-supervise: the program ended with status 3 after a restart; the next saved change starts it");
  CHECK(one.rest(milliseconds(200)).empty());
  CHECK(one.lives());
  one.restart();
  one.after("gf-supervise: the program ended with status 3 after a restart");
  save("echo better; exec sleep 60\n");
  one.restart();
  one.after("better");
  save("exit 4\n");
  one.restart();
  one.after("gf-supervise: the program ended with status 4");
  one.signal(SIGTERM);
  CHECK(one.status() == 4);
}

TEST_CASE("gf-supervise: the program's own end is the container's") {
  CHECK(Supervised(shell({}, "exit 0")).status() == 0);
  CHECK(Supervised(shell({"--trial", "0"}, "sleep 0.2; exit 7")).status() == 7);
  CHECK(Supervised(shell({"--trial", "0"}, "sleep 0.2; kill -9 $$")).status() == 128 + SIGKILL);
  CHECK(Supervised({"--patience", "0", "--", "/nonexistent/program"}).status() == 127);
  CHECK(Supervised({"--patience", "0", "--", "/"}).status() == 126);
  CHECK(Supervised({"python"}).status() == 2);
}

TEST_CASE("gf-supervise: a first start that fails is kept for a moment, in which a restart may come") {
  const auto began = Clock::now();
  CHECK(Supervised(shell({"--patience", "0.3"}, "exit 7")).status() == 7);
  CHECK(Clock::now() - began >= milliseconds(300));
  gf::test::TemporaryFolder folder;
  const auto program = folder.path() / "program";
  Supervised one({"--", "sh", program});
  one.after("gf-supervise: the program ended with status");
  std::ofstream(program) << "echo up; exec sleep 60\n";
  one.restart();
  one.after("up");
}

TEST_CASE("gf-supervise: restarts that come together are one") {
  Supervised one(shell({}, "trap 'sleep 0.5; exit' TERM; echo up; while :; do sleep 0.01; done"));
  one.after("up");
  for (int i = 0; i < 5; ++i) {
    one.restart();
    std::this_thread::sleep_for(milliseconds(20));
  }
  one.after("up");
  CHECK(one.rest(milliseconds(300)).empty());
}

TEST_CASE("gf-supervise: other signals reach the program") {
  Supervised one(shell({}, "trap 'echo hup' HUP; trap 'echo usr' USR1; echo up; while :; do sleep 0.01; done"));
  one.after("up");
  one.signal(SIGHUP);
  one.after("hup");
  one.signal(SIGUSR1);
  one.after("usr");
}

TEST_CASE("gf-supervise: orphans are taken leave of") {
  Supervised one(shell({}, "(sleep 0.05 & sleep 0.06 &); echo up $$; exec sleep 60"));
  const auto program = one.after("up ");
  const auto pid = std::to_string(one.pid());
  std::string left;
  for (const auto until = Clock::now() + limit; Clock::now() < until && left != program;
       std::this_thread::sleep_for(milliseconds(5))) {
    std::ifstream children("/proc/" + pid + "/task/" + pid + "/children");
    std::ostringstream all;
    for (std::string child; children >> child;) all << (all.tellp() > 0 ? " " : "") << child;
    left = all.str();
  }
  CHECK(left == program);
}
