#pragma once
#include <doctest/doctest.h>

#include "delivery/delivery_service.hpp"
#include "protocol/error.hpp"
#include "support/manual_clock.hpp"
#include "support/memory_file_system.hpp"
#include "support/run_task.hpp"

namespace gf::delivery {

/// Remembers what was asked of it; `fail` and `samples` are what the world answers.
struct World final : Versions, Traffic {
  std::vector<std::string> done;
  std::string checkout = "new", runs = "old", beside, fail;
  std::optional<Samples> samples = Samples{{1000, 0, 10.0}, {100, 0, 10.0}};
  std::function<Routing()> routing;
  std::function<void()> while_asked = [] {};

  Task<> reach(std::string) override { co_return; }
  Task<Image> provide(std::string, std::string, operation::Context&) override { co_return image(checkout); }
  Image running(const std::string&, const std::string&, Slot slot) const override {
    return image(slot == Slot::stable ? runs : beside);
  }
  Task<> start(std::string, std::string, Slot slot, Image image, operation::Context&) override {
    const std::string which = slot == Slot::stable ? "stable" : "next";
    if (fail == which) throw Error(ErrorCode::deploy_failed, "cannot start " + which + ": it crashes");
    (slot == Slot::stable ? runs : beside) = image.key;
    done.push_back(which + ' ' + image.key);
    co_return;
  }
  Task<> route(std::string, std::string) override {
    const auto now = routing();
    auto text = "route " + std::to_string(now.next_percent) + (now.preview ? " preview" : "");
    if (done.empty() || done.back() != text) done.push_back(text);
    co_return;
  }
  Task<> remove_next(std::string, std::string) override {
    beside.clear();
    done.push_back("remove next");
    co_return;
  }
  Task<std::optional<Samples>> ask(std::string, std::string, int) override {
    while_asked();
    co_return samples;
  }

 private:
  static Image image(const std::string& key) { return key.empty() ? Image() : Image{key, "shop/api:" + key}; }
};

struct Fixture {
  net::io_context io;
  test::ManualClock clock;
  test::MemoryFileSystem files;
  World world;
  std::unique_ptr<operation::Engine> engine;
  std::unique_ptr<DeliveryService> service;

  Fixture() { start(); }
  ~Fixture() { test::run_task(io, engine->stop()); }
  void start() {
    engine = std::make_unique<operation::Engine>(io.get_executor(), clock, files, "/operations");
    service = std::make_unique<DeliveryService>(DeliveryService::Collaborators{clock, *engine, world, world},
                                                state::Document(files, "/deliveries.json"));
    world.routing = [this] { return service->routing_of("shop", "api"); };
    engine->resume();
  }
  /// As when the daemon is stopped and started again.
  void restart() {
    test::run_task(io, engine->stop());
    service.reset();
    start();
  }
  Operation deploy(Strategy strategy = Strategy::canary) {
    CanarySpec canary;
    canary.steps = {5, 50, 100};
    canary.hold = std::chrono::seconds(10);
    canary.deadline = std::chrono::seconds(60);
    return service->deploy("shop", "api", strategy, canary);
  }
  /// Lets time pass in small steps until the operation has ended.
  Operation end(const std::string& id, int seconds = 1000) {
    for (int i = 0; i < seconds && !ended(engine->get(id).state); ++i) pass(1);
    return engine->get(id);
  }
  void pass(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      clock.advance(std::chrono::seconds(1));
      io.restart();
      io.poll();
    }
  }
  std::string all_done() const {
    std::string text;
    for (const auto& one : world.done) text += (text.empty() ? "" : ", ") + one;
    return text;
  }
  std::string phase() const {
    const auto* delivery = service->find("shop", "api");
    return delivery ? std::string(name(delivery->phase)) : "none";
  }
};

}  // namespace gf::delivery
