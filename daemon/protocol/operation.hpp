#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/error.hpp"
#include "protocol/json.hpp"

namespace gf {

/// pending ─▶ running ─▶ done | failed | cancelled      (cancelling is visible while clean-up runs)
enum class OperationState { pending, running, cancelling, done, failed, cancelled };

std::string_view name(OperationState state);
OperationState operation_state_from(std::string_view name);
inline bool ended(OperationState state) {
  return state == OperationState::done || state == OperationState::failed || state == OperationState::cancelled;
}

/// A long action as the socket shows it. Times are seconds since the epoch.
struct Operation {
  std::string id;       ///< "op-7"
  std::string kind;     ///< "up", "down", "addon-enable", …
  std::string subject;  ///< what it is about: a project or addon name
  OperationState state = OperationState::pending;
  double created = 0;
  std::optional<double> finished;
  std::uint64_t last_event = 0;  ///< sequence number of its newest event
  std::optional<Error> error;
  Json result;  ///< what the operation answers at its end (null while it runs)
};

Json to_json(const Operation& operation);
Operation operation_from_json(const Json& value);

enum class EventType {
  operation,  ///< the operation changed state: `state`, at the end `error` or `result`
  step,       ///< a step began or ended: `step`, `parent`, `title`, `state`, at its end `seconds`
  progress,   ///< numbers of a step: `done`, `total` (0 = unknown), `unit`
  log,        ///< a line of a step, for people: `text`
};

/// One line of the NDJSON stream. Numbers, never formatted text; clients decide how to show them.
struct Event {
  std::uint64_t seq = 0;  ///< 1, 2, 3 … within its operation, without gaps
  double time = 0;        ///< seconds since the epoch
  EventType type = EventType::log;
  std::uint64_t step = 0;    ///< id of the step, 0 for the operation itself
  std::uint64_t parent = 0;  ///< id of the enclosing step, 0 at the top
  std::string title;
  std::string state;  ///< step: running, done, failed, cancelled, skipped; operation: OperationState
  std::uint64_t done = 0, total = 0;
  std::string unit;  ///< "bytes", "images", "replicas", …
  double seconds = 0;
  std::string text;
  std::optional<Error> error;
  Json result;
};

Json to_json(const Event& event);  ///< members that do not belong to the type are left out
Event event_from_json(const Json& value);

}  // namespace gf
