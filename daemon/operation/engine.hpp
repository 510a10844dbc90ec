#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/task_group.hpp"
#include "operation/context.hpp"
#include "protocol/operation.hpp"
#include "system/file_system.hpp"

namespace gf::operation {

/// What an operation does: its value is the operation's result.
using Body = std::function<Task<Json>(Context&)>;

/// A kind of operation: how its body and the things it holds follow from its parameters.
struct Kind {
  std::string name;  ///< "up"
  std::function<std::string(const Json& parameters)> subject;
  /// Conflict keys: two operations that share one cannot run at once ("cluster", "addon/redis", "project/shop").
  std::function<std::vector<std::string>(const Json& parameters)> keys;
  std::function<Body(const Json& parameters)> body;
  bool resumes = true;  ///< started again by resume() when a crash cut it off; else it is marked failed
};

/// So many events are given to a reader at once.
constexpr std::size_t events_at_once = 256;

/// Runs operations, journals them, keeps their events, replays them.
/// On disk below `folder`: <id>/operation.json (kind, parameters, state) and <id>/events.ndjson.
///   pending ─▶ running ─▶ done | failed
///                 └─▶ cancelling ─▶ cancelled
class Engine {
 public:
  Engine(Executor executor, Clock& clock, FileSystem& files, std::filesystem::path folder);
  ~Engine();

  void add_kind(Kind kind);
  /// Hears of every event of every operation, on the io thread; a former daemon's are not told again.
  void on_event(std::function<void(const Operation&, const Json& parameters, const Event&)> listener);
  /// Reads the journal: ended operations are listed again (the newest 100 are kept), cut-off ones are run again under
  /// their own id with their events continued. Returns where damaged ones are kept.
  std::vector<std::filesystem::path> resume();
  /// Throws Error(conflict) naming the operation that holds a key: for who must change something before start().
  void refuse_conflict(const std::string& kind, const Json& parameters) const;
  /// Throws Error(conflict) likewise, Error(state_unwritable) when it cannot be journaled.
  Operation start(const std::string& kind, const Json& parameters);
  Operation get(const std::string& id) const;  ///< throws Error(not_found)
  std::vector<Operation> list() const;         ///< newest first
  /// Asks it to end; returns at once. No effect on an ended one.
  void cancel(const std::string& id);
  /// The events after `after`, waiting for the first one when there is none yet; empty when the operation has ended
  /// and all were given. Readers own their position: a slow one delays nobody, and holds no more than these few.
  Task<std::vector<Event>> events(std::string id, std::uint64_t after);
  /// Resumes when the operation has ended.
  Task<Operation> wait(std::string id);
  /// For shutdown: ends all bodies, leaving resumable operations in the journal as running, so that resume() goes on.
  Task<> stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gf::operation
