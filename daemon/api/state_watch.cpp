#include "api/state_watch.hpp"

#include "api/state_changes.hpp"
#include "api/status.hpp"

namespace gf::api {

namespace {
constexpr auto moment = std::chrono::milliseconds(50);
}

StateWatch::StateWatch(Executor executor, const Services& services, Feed& feed)
    : services_(services), feed_(feed), happened_(executor), watching_(executor) {}

void StateWatch::start() {
  watching_.spawn("follow the cluster", follow_cluster());
  watching_.spawn("look what has changed", look());
}

Task<> StateWatch::stop() {
  auto stopping = watching_.stop();
  co_await std::move(stopping);
}

Task<> StateWatch::follow_cluster() {
  for (;;) {
    auto waiting = services_.mirror.changed().wait();
    co_await std::move(waiting);
    look_again();
  }
}

Task<> StateWatch::look() {
  auto seen = status(services_);
  for (;;) {
    auto waiting = happened_.wait();
    co_await std::move(waiting);
    auto settling = services_.clock.sleep_for(moment);
    co_await std::move(settling);
    auto now = status(services_);
    for (auto& change : state_changes(seen, now)) feed_.add(change.type, std::move(change.event));
    seen = std::move(now);
  }
}

}  // namespace gf::api
