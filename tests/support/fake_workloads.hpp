#pragma once
#include <boost/asio/post.hpp>
#include <map>

#include "core/signal.hpp"
#include "sleep/sleeper.hpp"

namespace gf::test {

/// Workloads in a map. It notes what was asked of it, and what must never happen: one that is raised before who it
/// needs is ready, one that is laid to rest while somebody awake needs it.
class FakeWorkloads final : public sleep::Workloads {
 public:
  struct One {
    std::chrono::seconds after{0};
    std::set<std::string> needs = {};
    bool asleep = false, ready = true, worked_upon = false;
    std::string never = {};
  };
  explicit FakeWorkloads(Executor executor) : changed_(executor) {}

  std::map<std::string, One> all;
  std::vector<std::string> done, wrong;        ///< "lay redis", "raise redis", "wait redis"
  std::set<std::string> hanging;               ///< steps that do not end before release()
  std::map<std::string, std::string> failing;  ///< step → why

  void release() {
    hanging.clear();
    changed_.notify_all();
  }

  Task<> wait_known() override { co_return; }
  std::vector<sleep::Member> members() const override {
    std::vector<sleep::Member> list;
    for (const auto& [name, one] : all)
      list.push_back({name, one.after, one.never, one.asleep, one.ready, one.worked_upon, 0, one.needs});
    return list;
  }
  bool asleep(const std::string& name) const override {
    const auto found = all.find(name);
    return found != all.end() && found->second.asleep;
  }
  Task<> lay(std::string name) override {
    auto stepping = step("lay " + name);
    co_await std::move(stepping);
    for (const auto& [other, one] : all)
      if (!one.asleep && one.needs.contains(name)) wrong.push_back(name + " is laid to rest, " + other + " needs it");
    all.at(name).asleep = true;
  }
  Task<> raise(std::string name) override {
    if (!asleep(name)) co_return;
    auto stepping = step("raise " + name);
    co_await std::move(stepping);
    all.at(name).asleep = all.at(name).ready = false;
  }
  Task<> wait_ready(std::string name) override {
    auto stepping = step("wait " + name);
    co_await std::move(stepping);
    for (const auto& needed : all.at(name).needs)
      if (all.at(needed).asleep || !all.at(needed).ready) wrong.push_back(name + " wakes without " + needed);
    all.at(name).ready = true;
  }

 private:
  Task<> step(std::string what) {
    done.push_back(what);
    const auto executor = co_await net::this_coro::executor;
    co_await net::post(executor, net::use_awaitable);
    while (hanging.contains(what)) {
      auto waiting = changed_.wait();
      co_await std::move(waiting);
    }
    if (const auto found = failing.find(what); found != failing.end())
      throw Error(ErrorCode::deploy_failed, found->second);
  }

  Signal changed_;
};

}  // namespace gf::test
