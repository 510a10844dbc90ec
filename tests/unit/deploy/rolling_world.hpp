#pragma once
#include <doctest/doctest.h>

#include "deploy/rolling.hpp"
#include "operation/silent.hpp"
#include "protocol/error.hpp"
#include "support/manual_clock.hpp"
#include "support/memory_file_system.hpp"
#include "support/run_task.hpp"

namespace gf::deploy {

/// A cluster with one app. Building, starting and putting back take two seconds each; what stands in `bad` does not
/// become ready. It outlives daemons.
struct World final : VersionSteps {
  explicit World(Clock& clock) : clock_(clock) {}

  std::vector<std::string> done;
  std::string checkout = "one", good;  ///< good: what the ReplicaSets have to be put back, besides what is asked for
  std::set<std::string> bad, built;
  Running runs;

  static BuiltImage image(const std::string& key) { return {"greenfield-app/shop-api:" + key, key}; }

  source::Snapshot seen(const std::string&) const override {
    source::Snapshot snapshot;
    snapshot.tree = tree_;
    snapshot.head = {"main", "0123456789abcdef", true};
    return snapshot;
  }
  Task<BuiltImage> named(std::string, AppSpec, std::shared_ptr<const source::Tree>, operation::Context&) override {
    co_return image(checkout);
  }
  Task<> build(std::string, AppSpec, std::shared_ptr<const source::Tree>, BuiltImage image, bool,
               operation::Context&) override {
    if (built.contains(image.key)) co_return;
    done.push_back("build " + image.key);
    auto working = clock_.sleep_for(std::chrono::seconds(2));
    co_await std::move(working);
    built.insert(image.key);
  }
  Running running(const std::string&, const std::string&) const override { return runs; }
  Task<> start_version(std::string, AppSpec, Running wanted, Claims, operation::Context&) override {
    runs = wanted;
    done.push_back("start " + wanted.image.key);
    auto waiting = clock_.sleep_for(std::chrono::seconds(2));
    co_await std::move(waiting);
    if (bad.contains(wanted.image.key))
      throw Error(ErrorCode::deploy_failed, "cannot start api: CrashLoopBackOff", "gf logs",
                  "api-1: CrashLoopBackOff\n  no such table");
  }
  Task<std::optional<LastGood>> last_good(std::string, std::string, std::string serving) override {
    const auto key = serving.empty() ? good : serving;
    if (key.empty()) co_return std::nullopt;
    co_return LastGood{image(key), Json::object()};
  }
  Task<> put_back(std::string, AppSpec, LastGood good_one, Running noted, Claims, operation::Context&) override {
    runs = noted;
    done.push_back("put back " + good_one.image.key);
    auto waiting = clock_.sleep_for(std::chrono::seconds(2));
    co_await std::move(waiting);
    if (bad.contains("put back")) throw Error(ErrorCode::deploy_failed, "cannot start api in time", "", "api-0: gone");
  }

 private:
  Clock& clock_;
  std::shared_ptr<const source::Tree> tree_ = std::make_shared<const source::Tree>();
};

struct Fixture {
  net::io_context io;
  test::ManualClock clock;
  test::MemoryFileSystem files;
  World world{clock};
  operation::Silent context;
  std::unique_ptr<History> history;
  std::unique_ptr<Rolling> rolling;
  std::unique_ptr<TaskGroup> daemon;
  std::optional<Error> failed;
  bool ended = false;
  int came_in = 0;

  Fixture() { start(); }
  ~Fixture() { test::run_task(io, daemon->stop()); }
  void start() {
    history = std::make_unique<History>(clock, state::Document(files, "/history.json"));
    rolling = std::make_unique<Rolling>(io.get_executor(), world, *history, [this] { ++came_in; });
    daemon = std::make_unique<TaskGroup>(io.get_executor());
  }
  /// As when the daemon is killed and another one begins: what is on disk and in the cluster is all there is.
  void restart() {
    test::run_task(io, daemon->stop());
    rolling.reset();
    start();
  }
  static AppSpec app() {
    AppSpec one;
    one.name = "api";
    return one;
  }
  Task<> watched(Task<> work) {
    failed.reset();
    ended = false;
    try {
      co_await std::move(work);
    } catch (const Error& error) {
      failed = error;
    }
    ended = true;
  }
  void begin() {
    auto work = rolling->roll_out("shop", app(), {}, context);
    daemon->spawn("roll out", watched(std::move(work)));
  }
  void pass(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      turn();
      clock.advance(std::chrono::seconds(1));
    }
    turn();
  }
  void turn() {
    io.restart();
    io.poll();
  }
  /// Rolls out what the checkout asks for to its end.
  void roll_out(const std::string& key) {
    world.checkout = key;
    begin();
    pass(20);
    REQUIRE(ended);
  }
  std::string all_done() {
    std::string text;
    for (const auto& one : std::exchange(world.done, {})) text += (text.empty() ? "" : ", ") + one;
    return text;
  }
  /// "two serving, one replaced": newest first.
  std::string versions() const {
    std::string text;
    for (const auto& one : history->versions("shop", "api"))
      text += (text.empty() ? "" : ", ") + one.image.key + ' ' + std::string(name(one.outcome));
    return text;
  }
};

}  // namespace gf::deploy
