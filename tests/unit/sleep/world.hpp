#pragma once
#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "support/fake_workloads.hpp"
#include "support/manual_clock.hpp"
#include "support/run_task.hpp"

namespace gf::sleep {

/// The app shop/api, which sleeps after 10 s, with redis, which does after 30 s.
struct World {
  net::io_context io;
  test::ManualClock clock;
  test::FakeWorkloads cluster{io.get_executor()};
  std::vector<std::string> warnings;
  std::unique_ptr<Sleeper> sleeper;

  World() {
    cluster.all["redis"].after = std::chrono::seconds(30);
    cluster.all["shop/api"].after = std::chrono::seconds(10);
    cluster.all["shop/api"].needs = {"redis"};
    start();
  }
  ~World() { test::run_task(io, sleeper->stop()); }
  void start() {
    Sleeper::Collaborators with{io.get_executor(), clock, cluster,
                                [this](const std::string& subject, const std::string& sentence) {
                                  warnings.push_back(subject + ": " + sentence);
                                }};
    sleeper = std::make_unique<Sleeper>(std::move(with));
    sleeper->start();
    rest();
  }
  /// As when the daemon is stopped and started again.
  void restart() {
    test::run_task(io, sleeper->stop());
    start();
  }
  /// Until nothing can go on.
  void rest() {
    io.restart();
    io.poll();
  }
  void pass(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      clock.advance(std::chrono::seconds(1));
      rest();
    }
  }
  void lull() {
    for (auto& [name, one] : cluster.all) one.asleep = true;
    sleeper->look_again();
    rest();
  }
  bool all_awake() const {
    for (const auto& [name, one] : cluster.all)
      if (one.asleep || !one.ready) return false;
    return true;
  }
  std::string done() const {
    std::string text;
    for (const auto& one : cluster.done) text += (text.empty() ? "" : ", ") + one;
    return text;
  }
};

/// A task that runs beside the test.
struct Beside {
  Beside(net::io_context& io, Task<> task) {
    net::co_spawn(io, std::move(task), net::bind_cancellation_slot(signal.slot(), [this](std::exception_ptr error) {
                    ended = true;
                    if (error) failed = error_from(error);
                  }));
  }
  net::cancellation_signal signal;
  bool ended = false;
  std::optional<Error> failed;
};

}  // namespace gf::sleep
