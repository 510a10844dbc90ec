#include "sleep/sleeper.hpp"

#include <algorithm>
#include <cmath>

#include "core/with_timeout.hpp"

// When members fall asleep. How they wake stands in wake.cpp.
namespace gf::sleep {

Sleeper::Sleeper(Collaborators with)
    : with_(std::move(with)),
      uses_(std::make_shared<std::map<std::string, Use>>()),
      looking_(with_.executor),
      moved_(with_.executor),
      tasks_(with_.executor, [this](const std::string& name, std::exception_ptr thrown) {
        with_.warn(name, error_from(thrown).message());
      }) {}

Sleeper::Lease Sleeper::use(const std::string& name) {
  ++(*uses_)[name].now;
  // The pointer leads nowhere: what counts is its end.
  return Lease(static_cast<const void*>(nullptr), [uses = uses_, name, &clock = with_.clock](const void*) {
    auto& use = (*uses)[name];
    --use.now;
    use.last = clock.wall_seconds();
  });
}

void Sleeper::touch(const std::string& name) { (*uses_)[name].last = with_.clock.wall_seconds(); }

void Sleeper::look_again() {
  outdated_ = true;
  looking_.notify_all();
}

std::string Sleeper::trouble(const std::string& name) const {
  const auto found = troubles_.find(name);
  return found == troubles_.end() ? std::string() : found->second;
}

/// The members, with their time counting from when they were first seen awake: after a restart of the daemon, and when
/// somebody else has woken them.
std::vector<Member> Sleeper::look() {
  auto members = with_.workloads.members();
  for (auto& one : members) {
    if (one.asleep) {
      slept_.insert(one.name);
    } else if (slept_.erase(one.name) > 0 || !uses_->contains(one.name)) {
      touch(one.name);
    }
    if (falling_.contains(one.name)) one.asleep = true;
  }
  return members;
}

Task<> Sleeper::keep_watch() {
  for (;;) {
    auto knowing = with_.workloads.wait_known();
    co_await std::move(knowing);
    outdated_ = false;
    const auto members = look();
    const auto decision = decide(members, *uses_, with_.clock.wall_seconds());
    for (const auto& name : decision.to_sleep) {
      falling_.insert(name);
      tasks_.spawn("put " + name + " to sleep", fall_by_itself(name));
    }
    auto pausing = pause(decision.next);
    co_await std::move(pausing);
  }
}

Task<> Sleeper::wait_for_look() {
  while (!outdated_) {
    auto waiting = looking_.wait();
    co_await std::move(waiting);
  }
}

/// Until `until`, or until members are others.
Task<> Sleeper::pause(std::optional<double> until) {
  auto waiting = wait_for_look();
  if (!until) {
    co_await std::move(waiting);
    co_return;
  }
  const auto length = std::max(1.0, std::ceil((*until - with_.clock.wall_seconds()) * 1000));
  const auto limit = std::chrono::milliseconds(static_cast<std::int64_t>(length));
  auto limited = with_timeout(with_.clock, limit, "cannot wait longer", std::move(waiting));
  try {
    co_await std::move(limited);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::timed_out) throw;
  }
}

/// The name stands in falling_ from the decision on, so that nobody acts upon what is about to change.
Task<> Sleeper::fall(std::string name) {
  std::exception_ptr thrown;
  const auto members = with_.workloads.members();
  // Who it needs was used until now: while it falls it counts as asleep, and they would follow at once.
  const auto release = [&] {
    if (const auto* member = find(members, name))
      for (const auto& needed : member->needs) touch(needed);
  };
  release();
  try {
    auto laying = with_.workloads.lay(name);
    co_await std::move(laying);
  } catch (...) {
    thrown = std::current_exception();
  }
  falling_.erase(name);
  troubles_.erase(name);
  touch(name);  // tried again after its time, where it failed
  release();
  moved_.notify_all();
  look_again();
  if (thrown) std::rethrow_exception(thrown);
}

Task<> Sleeper::fall_by_itself(std::string name) {
  std::optional<Error> failed;
  try {
    auto falling = fall(name);
    co_await std::move(falling);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) throw;
    failed = error;
  }
  if (failed) with_.warn(name, "it cannot be put to sleep: " + failed->message());
}

void Sleeper::refuse_sleep(const std::string& name) const {
  const auto members = with_.workloads.members();
  const auto* member = find(members, name);
  const auto cannot = "cannot put " + name + " to sleep";
  if (!member) throw Error(ErrorCode::not_found, cannot + ": it does not run", "gf status");
  if (!member->never.empty()) throw Error(ErrorCode::bad_request, cannot + ": " + member->never);
  if (waking_.contains(name)) throw Error(ErrorCode::conflict, cannot + ": it is being woken", "gf status");
  if (member->worked_upon) throw Error(ErrorCode::conflict, cannot + ": an operation works on it", "gf operation list");
  std::string users;
  for (const auto& one : kept_awake_by(members, name)) users += (users.empty() ? "" : ", ") + one;
  if (!users.empty())
    throw Error(ErrorCode::addon_in_use, cannot + ": " + users + " is awake and needs it", "gf sleep that first");
}

Task<> Sleeper::put_to_sleep(std::string name) {
  auto settling = wait_fallen(name);
  co_await std::move(settling);
  if (with_.workloads.asleep(name)) co_return;
  refuse_sleep(name);
  falling_.insert(name);
  auto falling = fall(name);
  co_await std::move(falling);
}

void Sleeper::start() { tasks_.spawn("sleep", keep_watch()); }

Task<> Sleeper::stop() {
  auto stopping = tasks_.stop();
  co_await std::move(stopping);
}

}  // namespace gf::sleep
