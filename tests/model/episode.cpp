#include "model/episode.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>

#include "model/world.hpp"

namespace gf::model {

namespace {

std::string play_steps(const std::vector<Step>& steps) {
  World world;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    perform(world, steps[i]);
    if (!steps[i].settles && i + 1 < steps.size()) continue;
    const auto wrong = world.settle();
    if (!wrong.empty()) return "after step " + std::to_string(i + 1) + ": " + wrong;
  }
  return {};
}

std::string caught(const std::function<std::string()>& play) {
  try {
    return play();
  } catch (const std::exception& error) {
    return std::string("the test itself: ") + error.what();
  }
}

/// Everything a child says until its end; nullopt when it takes too long.
std::optional<std::string> read_all(int from, std::chrono::seconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  std::string all;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    pollfd wait{from, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&wait, 1, static_cast<int>(left.count())) == 0) return std::nullopt;
    char buffer[4096];
    const auto got = ::read(from, buffer, sizeof buffer);
    if (got <= 0) return all;
    all.append(buffer, static_cast<std::size_t>(got));
  }
}

}  // namespace

std::string run_episode(const std::vector<Step>& steps) {
  return run_apart([&] { return play_steps(steps); }, settle_limit * 2 + std::chrono::seconds(steps.size()));
}

std::string run_apart(const std::function<std::string()>& play, std::chrono::seconds limit) {
  test::TemporaryFolder folder;
  int said[2];
  if (::pipe2(said, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  const pid_t child = ::fork();
  if (child == 0) {
    ::setpgid(0, 0);
    // What a crash means is told once, by who waits for it.
    for (const int signal : {SIGSEGV, SIGABRT, SIGFPE, SIGILL, SIGTERM, SIGINT}) std::signal(signal, SIG_DFL);
    // Nobody's settings of Git count, and all that is made lies in one folder.
    ::setenv("TMPDIR", folder.path().c_str(), 1);
    ::setenv("HOME", folder.path().c_str(), 1);
    ::setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
    ::setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    ::setenv("GIT_EDITOR", "true", 1);
    const auto wrong = caught(play);
    (void)!::write(said[1], wrong.data(), wrong.size());
    ::_exit(0);
  }
  ::setpgid(child, child);
  ::close(said[1]);
  auto wrong = read_all(said[0], limit);
  ::close(said[0]);
  if (!wrong) ::kill(-child, SIGKILL);
  siginfo_t ended;
  ::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT);
  ::kill(-child, SIGKILL);  // what it may have left, while its number is still its own
  int status = 0;
  ::waitpid(child, &status, 0);
  if (!wrong) return "it hangs";
  if (WIFSIGNALED(status)) return std::string("it crashes: ") + ::sigdescr_np(WTERMSIG(status));
  if (WEXITSTATUS(status) != 0) return "it crashes: see above";
  return *wrong;
}

std::string list(const std::vector<Step>& steps) {
  std::string text;
  for (std::size_t i = 0; i < steps.size(); ++i)
    text += "  " + std::to_string(i + 1) + ". " + describe(steps[i]) + '\n';
  return text;
}

}  // namespace gf::model
