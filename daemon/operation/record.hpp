#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/signal.hpp"
#include "protocol/operation.hpp"
#include "system/file_system.hpp"

namespace gf::operation {

/// One operation with its events and its place on disk: <folder>/operation.json and <folder>/events.ndjson.
class Record {
 public:
  Record(Executor executor, Clock& clock, FileSystem& files, std::filesystem::path folder, Operation view,
         Json parameters);

  /// Reads a record back; nullptr (and its description kept at aside(folder)) when it cannot be read.
  static std::shared_ptr<Record> load(Executor executor, Clock& clock, FileSystem& files, std::filesystem::path folder);

  static std::filesystem::path aside(std::filesystem::path folder);

  const Operation& view() const { return view_; }
  const Json& parameters() const { return parameters_; }
  const std::vector<Event>& events() const { return events_; }
  Signal& changed() { return changed_; }
  std::uint64_t next_step() { return ++last_step_; }

  using Listener = std::function<void(const Operation&, const Json& parameters, const Event&)>;
  /// Hears of each event that is added from now on.
  void on_event(Listener listener) { listener_ = std::move(listener); }

  /// Numbers, times, keeps and appends `event`, and wakes the readers. A full disk ends the writing of events, which is
  /// said once as a log line; the operation itself goes on.
  void add(Event event);
  /// Enters `state` with its event. The journal is written first, durably: throws Error(state_unwritable).
  void enter(OperationState state, std::optional<Error> error = {}, Json result = {});
  /// Ends the steps that a crash left open, as cancelled.
  void close_open_steps();

 private:
  void read_events();
  void save();
  Clock& clock_;
  FileSystem& files_;
  std::filesystem::path folder_;
  Operation view_;
  Json parameters_;
  std::vector<Event> events_;
  Signal changed_;
  Listener listener_;
  std::uint64_t last_step_ = 0;
  bool events_unwritable_ = false;
};

}  // namespace gf::operation
