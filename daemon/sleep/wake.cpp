#include <utility>

#include "core/when_all.hpp"
#include "core/with_timeout.hpp"
#include "sleep/sleeper.hpp"

// How members wake, and who waits for it.
namespace gf::sleep {

Task<> Sleeper::wait_fallen(std::string name) {
  while (falling_.contains(name)) {
    auto waiting = moved_.wait();
    co_await std::move(waiting);
  }
}

Task<> Sleeper::wake(std::string name) {
  const auto lease = use(name);
  auto settling = wait_fallen(name);
  co_await std::move(settling);
  const auto under_way = waking_.find(name);
  if (under_way == waking_.end() && !with_.workloads.asleep(name)) co_return;
  const auto shared = under_way == waking_.end() ? begin_wake(name) : under_way->second;
  while (!shared->ended) {
    auto waiting = moved_.wait();
    co_await std::move(waiting);
  }
  if (shared->failed) throw *shared->failed;
}

std::shared_ptr<Sleeper::Wake> Sleeper::begin_wake(const std::string& name) {
  auto shared = std::make_shared<Wake>();
  waking_[name] = shared;
  tasks_.spawn("wake " + name, run_wake(name, shared));
  return shared;
}

Task<> Sleeper::run_wake(std::string name, std::shared_ptr<Wake> shared) {
  const auto members = with_.workloads.members();
  const auto all = with_needs(members, name);
  std::vector<Lease> leases;  // whom it needs must not fall asleep before it is awake itself
  for (const auto& one : all) leases.push_back(use(one));
  const auto* member = find(members, name);
  const auto needs = member ? member->needs : std::set<std::string>();
  try {
    auto rising = rise(name, needs);
    co_await std::move(rising);
  } catch (...) {
    shared->failed = error_from(std::current_exception());
  }
  waking_.erase(name);
  shared->ended = true;
  moved_.notify_all();
  look_again();
  troubles_.erase(name);
  if (!shared->failed || shared->failed->code() == ErrorCode::cancelled) co_return;
  troubles_[name] = shared->failed->message();
  with_.warn(name, "it does not wake: " + shared->failed->message());
}

Task<> Sleeper::rise(std::string name, std::set<std::string> needs) {
  std::vector<Task<>> before;
  for (const auto& needed : needs) before.push_back(wake(needed));
  auto all = when_all(std::move(before));
  co_await std::move(all);
  auto raising = with_.workloads.raise(name);
  co_await std::move(raising);
  auto waiting = with_.workloads.wait_ready(name);
  co_await std::move(waiting);
}

Task<> Sleeper::admit(std::string name) {
  if (!falling_.contains(name) && !waking_.contains(name) && !with_.workloads.asleep(name)) co_return;
  auto& held = held_[name];
  if (held.count >= most_held) {
    const auto sentence = std::to_string(most_held) + " connections wait until it is awake: further ones are closed";
    if (!std::exchange(held.told, true)) with_.warn(name, sentence);
    throw Error(ErrorCode::conflict, "cannot hold one more connection to " + name);
  }
  ++held.count;
  std::exception_ptr thrown;
  try {
    auto waking = wake(name);
    auto limited = with_timeout(with_.clock, hold, "cannot wake " + name + " in time", std::move(waking));
    co_await std::move(limited);
  } catch (...) {
    thrown = std::current_exception();
  }
  if (--held.count == 0) held_.erase(name);
  if (!thrown) co_return;
  if (error_from(thrown).code() == ErrorCode::timed_out)
    with_.warn(name, "it was not awake after " + std::to_string(std::chrono::seconds(hold).count()) +
                         " s: a connection to it was closed");
  std::rethrow_exception(thrown);
}

Task<> Sleeper::raise(std::string name) {
  auto settling = wait_fallen(name);
  co_await std::move(settling);
  auto raising = with_.workloads.raise(name);
  co_await std::move(raising);
  troubles_.erase(name);
  touch(name);
}

Task<> Sleeper::rouse(std::vector<std::string> names) {
  const auto members = with_.workloads.members();
  std::set<std::string> all;
  for (const auto& name : names) all.merge(with_needs(members, name));
  std::vector<Task<>> raising;
  for (const auto& name : all) raising.push_back(raise(name));
  auto together = when_all(std::move(raising));
  co_await std::move(together);
}

}  // namespace gf::sleep
