#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "deploy/plan.hpp"
#include "support/local_node.hpp"

// The real agent writes into a container whose first process is the real gf-supervise.
using namespace gf;
namespace fs = std::filesystem;

namespace {

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// gf-supervise with a program that notes in `seen` what stands in its source, whose path is in `where`.
class Container {
 public:
  Container() {
    set_source("");
    const auto here = folder_.path().string();
    const auto script =
        "cd '" + here + "'; echo yes >started; cp \"$(cat where)\" new 2>/dev/null && mv new seen; exec sleep 60";
    pid_ = ::fork();
    if (pid_ == 0) {
      ::execl(GF_SUPERVISE, GF_SUPERVISE, "--", "sh", "-c", script.c_str(), nullptr);
      ::_exit(99);
    }
    REQUIRE(comes_to_say("started", "yes\n"));  // from then on it knows the signal
  }
  ~Container() {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }
  pid_t pid() const { return pid_; }
  void set_source(const fs::path& path) { std::ofstream(folder_.path() / "where") << path.string(); }
  bool comes_to_say(const char* file, const std::string& text) const {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (contents(folder_.path() / file) != text) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
  }

 private:
  test::TemporaryFolder folder_;
  pid_t pid_ = 0;
};

}  // namespace

TEST_CASE("on_sync: restart: the program of the same container runs with the new files") {
  Container container;
  test::LocalNode node;
  const auto root = node.add("supervised", container.pid());
  container.set_source(root / "srv/main.txt");
  AppSpec app;
  app.sync = {{"app", "/srv"}};
  app.on_sync = OnSync::restart;
  for (const char* text : {"one", "two", "three"}) {
    CAPTURE(text);
    node::SyncRequest request;
    request.container_id = "supervised";
    request.target = "/srv";
    auto& write = request.writes.emplace_back();
    write.file.path = "main.txt";
    write.contents = std::make_shared<const std::string>(text);
    request.signal = deploy::signal_after_sync(app);
    test::run_task(node.io(), node.link().sync(std::move(request)));
    CHECK(container.comes_to_say("seen", text));
  }
}
