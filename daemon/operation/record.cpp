#include "operation/record.hpp"

namespace gf::operation {

Record::Record(Executor executor, Clock& clock, FileSystem& files, std::filesystem::path folder, Operation view,
               Json parameters)
    : clock_(clock),
      files_(files),
      folder_(std::move(folder)),
      view_(std::move(view)),
      parameters_(std::move(parameters)),
      changed_(executor) {}

std::shared_ptr<Record> Record::load(Executor executor, Clock& clock, FileSystem& files, std::filesystem::path folder) {
  const auto text = files.read(folder / "operation.json");
  const auto whole = text ? Json::parse(*text, nullptr, false) : Json();
  std::shared_ptr<Record> record;
  try {
    if (whole.is_object())
      record = std::make_shared<Record>(executor, clock, files, folder, operation_from_json(whole.at("operation")),
                                        whole.at("parameters"));
  } catch (const std::exception&) {
    record = nullptr;  // another shape than ours is as unreadable as no JSON at all
  }
  if (!record) {
    if (text) files.rename(folder / "operation.json", aside(folder));
    files.remove(folder);
    return nullptr;
  }
  record->read_events();
  return record;
}

std::filesystem::path Record::aside(std::filesystem::path folder) { return folder += ".corrupt"; }

void Record::read_events() {
  const auto text = files_.read(folder_ / "events.ndjson").value_or("");
  std::size_t good = 0;
  while (const auto end = text.find('\n', good) + 1) {
    const auto value = Json::parse(std::string_view(text).substr(good, end - good), nullptr, false);
    try {
      if (value.at("seq") != events_.size() + 1) break;
      events_.push_back(event_from_json(value));
    } catch (const std::exception&) {
      break;
    }
    last_step_ = std::max(last_step_, events_.back().step);
    good = end;
  }
  view_.last_event = events_.size();
  // A kill in the middle of a write leaves a torn last line: it is as if it had not happened. Left there, it would
  // spoil the next one.
  if (good == text.size()) return;
  try {
    files_.write_atomically(folder_ / "events.ndjson", text.substr(0, good));
  } catch (const Error&) {
    events_unwritable_ = true;
  }
}

void Record::add(Event event) {
  event.seq = events_.size() + 1;
  event.time = clock_.wall_seconds();
  view_.last_event = event.seq;
  events_.push_back(std::move(event));
  if (listener_) listener_(view_, parameters_, events_.back());
  if (!events_unwritable_) {
    try {
      files_.append(folder_ / "events.ndjson", dump(to_json(events_.back())) + "\n", false);
    } catch (const Error& error) {
      events_unwritable_ = true;
      Event said;
      said.type = EventType::log;
      said.text = error.message() + ": the events of this operation are kept in memory only";
      add(std::move(said));
    }
  }
  changed_.notify_all();
}

void Record::enter(OperationState state, std::optional<Error> error, Json result) {
  auto before = view_;
  view_.state = state;
  view_.error = error;
  view_.result = result;
  if (ended(state)) view_.finished = clock_.wall_seconds();
  try {
    save();
  } catch (const Error&) {
    // An end that cannot be journaled is still an end for those who listen; after a crash the work is done again,
    // which changes nothing. A beginning that cannot be journaled is refused.
    if (!ended(state)) {
      view_ = before;
      throw;
    }
  }
  Event event;
  event.type = EventType::operation;
  event.state = name(state);
  event.error = std::move(error);
  event.result = std::move(result);
  add(std::move(event));
}

void Record::close_open_steps() {
  std::map<std::uint64_t, Event> open;
  for (const auto& event : events_) {
    if (event.type != EventType::step) continue;
    if (event.state == "running")
      open[event.step] = event;
    else
      open.erase(event.step);
  }
  // Children have higher numbers than their parents: they end first.
  for (auto it = open.rbegin(); it != open.rend(); ++it) {
    it->second.state = name(OperationState::cancelled);
    add(it->second);
  }
}

void Record::save() {
  files_.write_atomically(folder_ / "operation.json",
                          dump(Json{{"operation", to_json(view_)}, {"parameters", parameters_}}) + "\n");
}

}  // namespace gf::operation
