#include <algorithm>
#include <map>

#include "core/signal.hpp"
#include "core/with_timeout.hpp"
#include "node/agent_link.hpp"
#include "node/agent_starter.hpp"
#include "node/link.hpp"
#include "node/passed_sockets.hpp"
#include "protocol/error.hpp"

namespace gf::node {

struct Links::State {
  State(Executor io, container::Engine& engine, Clock& time, NodePrograms programs, LinkFolder folder)
      : executor(io),
        clock(time),
        starter(engine, time, std::move(programs)),
        passed(std::make_shared<PassedSockets>(io, time, std::move(folder))),
        changed(io) {}

  /// A link and what keeps it up. It stays when its node goes: whoever still holds it gets an error, not a dead object.
  struct Entry {
    Entry(State& state, const std::string& node)
        : link(
              state.executor, state.clock, node, [&state, node] { return state.starter.start(node); },
              [&state] { state.changed.notify_all(); }, state.passed),
          running(state.executor) {}
    AgentLink link;
    TaskGroup running;
    bool wanted = false;
  };

  Executor executor;
  Clock& clock;
  AgentStarter starter;
  std::shared_ptr<PassedSockets> passed;
  Signal changed;
  std::map<std::string, std::unique_ptr<Entry>> entries;
  std::vector<std::unique_ptr<Entry>> ending;  ///< their nodes came back before they had ended

  bool all_up() const {
    return std::ranges::all_of(
        entries, [](const auto& entry) { return !entry.second->wanted || entry.second->link.connected(); });
  }
};

Links::Links(Executor executor, container::Engine& engine, Clock& clock, NodePrograms programs, LinkFolder folder)
    : state_(std::make_shared<State>(executor, engine, clock, std::move(programs), std::move(folder))) {}

Links::~Links() = default;

void Links::set_nodes(std::vector<std::string> nodes) {
  // A folder goes with its cluster; that of the next one has the same name and is another.
  if (nodes.empty())
    state_->passed->close();
  else
    state_->passed->open();
  for (auto& [name, entry] : state_->entries) {
    if (std::ranges::find(nodes, name) != nodes.end()) continue;
    entry->wanted = false;
    entry->running.cancel();
  }
  for (const auto& name : nodes) {
    auto& entry = state_->entries[name];
    if (entry && entry->wanted) continue;
    if (entry && entry->running.size() > 0) state_->ending.push_back(std::move(entry));
    if (!entry) entry = std::make_unique<State::Entry>(*state_, name);
    entry->wanted = true;
    entry->running.spawn("the link to " + name, entry->link.run());
  }
  state_->changed.notify_all();
}

Link& Links::at(const std::string& node) {
  const auto found = state_->entries.find(node);
  if (found == state_->entries.end() || !found->second->wanted)
    throw Error(ErrorCode::cluster_unavailable,
                "cannot reach the node " + node + ": the cluster has none of that name");
  return found->second->link;
}

Task<> Links::wait_connected(std::shared_ptr<State> state, std::string node) {
  for (;;) {
    const auto found = state->entries.find(node);
    if (found == state->entries.end() || !found->second->wanted || found->second->link.connected()) co_return;
    co_await state->changed.wait();
  }
}

Task<Link*> Links::connected(std::string node, Clock::duration limit) {
  if (at(node).connected()) co_return &at(node);
  const auto state = state_;
  auto waiting = wait_connected(state, node);
  auto limited = with_timeout(state->clock, limit, "", std::move(waiting));
  try {
    co_await std::move(limited);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::timed_out) throw;  // the link itself says why it is down
  }
  co_return &at(node);
}

Task<Link*> Links::any() {
  const auto state = state_;
  for (;;) {
    for (const auto& [name, entry] : state->entries)
      if (entry->wanted && entry->link.connected()) co_return &entry->link;
    co_await state->changed.wait();
  }
}

Task<> Links::all_connected() {
  const auto state = state_;
  while (!state->all_up()) co_await state->changed.wait();
}

Task<> Links::stop() {
  const auto state = state_;
  for (const auto& [name, entry] : state->entries) {
    entry->wanted = false;
    co_await entry->running.stop();
  }
  for (const auto& entry : state->ending) co_await entry->running.stop();
  co_await state->passed->stop();
}

}  // namespace gf::node
