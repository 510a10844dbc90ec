#include "operation/engine.hpp"

#include <algorithm>
#include <charconv>

#include "operation/record.hpp"
#include "operation/step.hpp"

namespace gf::operation {

namespace {

constexpr std::size_t kept_operations = 100;

/// 0 when it is no id: "op-7.corrupt" is none.
unsigned long number_of(const std::string& id) {
  unsigned long number = 0;
  if (!id.starts_with("op-")) return 0;
  const auto [end, error] = std::from_chars(id.data() + 3, id.data() + id.size(), number);
  return error == std::errc() && end == id.data() + id.size() ? number : 0;
}

std::string described(const Operation& operation) {
  return operation.id + " (" + operation.kind + " of '" + operation.subject + "')";
}

}  // namespace

struct Engine::State {
  struct Running {
    std::vector<std::string> keys;
    std::unique_ptr<TaskGroup> task;  ///< one child: the body
  };

  Executor executor;
  Clock& clock;
  FileSystem& files;
  std::filesystem::path folder;
  std::map<std::string, Kind> kinds;
  std::map<unsigned long, std::shared_ptr<Record>> records;  ///< by number: oldest first
  std::map<std::string, Running> running;
  bool stopping = false;
  Record::Listener listener;

  std::shared_ptr<Record> find(const std::string& id) const {
    const auto found = records.find(number_of(id));
    if (found == records.end() || found->second->view().id != id)
      throw Error(ErrorCode::not_found, "cannot find the operation '" + id + "'", "gf operation list");
    return found->second;
  }

  void refuse_conflict(const Kind& kind, const Json& parameters) const {
    const auto keys = kind.keys(parameters);
    for (const auto& [id, other] : running)
      for (const auto& key : other.keys)
        if (std::find(keys.begin(), keys.end(), key) != keys.end())
          throw Error(ErrorCode::conflict,
                      "cannot start " + kind.name + " of '" + kind.subject(parameters) +
                          "': " + described(find(id)->view()) + " is still running",
                      "gf operation cancel " + id);
  }

  void run(std::shared_ptr<Record> record, const Kind& kind) {
    const auto id = record->view().id;
    Running entry;
    entry.keys = kind.keys(record->parameters());
    entry.task = std::make_unique<TaskGroup>(executor);
    auto body = perform(*this, record, kind.body(record->parameters()));
    entry.task->spawn(id, std::move(body));
    running[id] = std::move(entry);
  }

  /// With what a daemon that was ended left open. A full disk or odd parameters end the operation, not the daemon.
  void go_on(const std::shared_ptr<Record>& record) {
    const auto kind = kinds.find(record->view().kind);
    if (record->view().state == OperationState::cancelling) return record->enter(OperationState::cancelled);
    std::optional<Error> refused;
    if (kind == kinds.end() || !kind->second.resumes)
      refused = Error(ErrorCode::cancelled, "cannot go on: the daemon was ended in the middle", "start it again");
    else
      try {
        record->enter(OperationState::running);
        run(record, kind->second);
      } catch (const std::exception&) {
        refused = error_from(std::current_exception());
      }
    if (refused) record->enter(OperationState::failed, refused);
  }

  static Task<> perform(State& state, std::shared_ptr<Record> record, Body body) {
    const auto root = std::make_shared<Step>(record, state.clock, 0, 0, "");
    Json result;
    std::exception_ptr thrown;
    try {
      auto work = body(*root);
      result = co_await std::move(work);
    } catch (...) {
      thrown = std::current_exception();
    }
    state.running.at(record->view().id).keys.clear();
    // A shutdown is no end: the journal keeps saying "running", so that the next daemon goes on.
    if (state.stopping) co_return;
    if (!thrown)
      record->enter(OperationState::done, {}, std::move(result));
    else if (record->view().state == OperationState::cancelling)
      record->enter(OperationState::cancelled);
    else
      record->enter(OperationState::failed, error_from(thrown));
  }

  /// Drops what has ended: its group is empty then.
  void sweep() {
    std::erase_if(running, [](const auto& entry) { return entry.second.task->size() == 0; });
    while (records.size() > kept_operations) {
      const auto oldest = std::find_if(records.begin(), records.end(),
                                       [](const auto& entry) { return ended(entry.second->view().state); });
      if (oldest == records.end()) return;
      files.remove(folder / oldest->second->view().id);
      records.erase(oldest);
    }
  }
};

Engine::Engine(Executor executor, Clock& clock, FileSystem& files, std::filesystem::path folder)
    : state_(new State{executor, clock, files, std::move(folder), {}, {}, {}, false, {}}) {}
Engine::~Engine() = default;

void Engine::add_kind(Kind kind) {
  auto name = kind.name;
  state_->kinds[std::move(name)] = std::move(kind);
}

void Engine::on_event(Record::Listener listener) { state_->listener = std::move(listener); }

std::vector<std::filesystem::path> Engine::resume() {
  std::vector<std::filesystem::path> damaged;
  for (const auto& folder : state_->files.list(state_->folder)) {
    const auto number = number_of(folder.filename().string());
    if (number == 0) continue;
    auto record = Record::load(state_->executor, state_->clock, state_->files, folder);
    if (!record) {
      if (const auto aside = Record::aside(folder); state_->files.read(aside)) damaged.push_back(aside);
      continue;
    }
    state_->records[number] = record;
    if (ended(record->view().state)) continue;
    record->on_event(state_->listener);
    record->close_open_steps();
    state_->go_on(record);
  }
  state_->sweep();
  return damaged;
}

void Engine::refuse_conflict(const std::string& kind, const Json& parameters) const {
  state_->refuse_conflict(state_->kinds.at(kind), parameters);
}

Operation Engine::start(const std::string& kind_name, const Json& parameters) {
  state_->sweep();
  const auto& kind = state_->kinds.at(kind_name);
  Operation view;
  view.id = "op-" + std::to_string(state_->records.empty() ? 1 : state_->records.rbegin()->first + 1);
  view.kind = kind_name;
  view.subject = kind.subject(parameters);
  view.created = state_->clock.wall_seconds();
  state_->refuse_conflict(kind, parameters);
  auto record = std::make_shared<Record>(state_->executor, state_->clock, state_->files, state_->folder / view.id, view,
                                         parameters);
  record->on_event(state_->listener);
  record->enter(OperationState::running);
  state_->records[number_of(view.id)] = record;
  state_->run(record, kind);
  return record->view();
}

Operation Engine::get(const std::string& id) const { return state_->find(id)->view(); }

std::vector<Operation> Engine::list() const {
  std::vector<Operation> views;
  for (auto it = state_->records.rbegin(); it != state_->records.rend(); ++it) views.push_back(it->second->view());
  return views;
}

void Engine::cancel(const std::string& id) {
  const auto record = state_->find(id);
  if (record->view().state != OperationState::running) return;
  record->enter(OperationState::cancelling);
  state_->running.at(id).task->cancel();
}

Task<std::vector<Event>> Engine::events(std::string id, std::uint64_t after) {
  const auto record = state_->find(id);
  while (record->events().size() <= after && !ended(record->view().state)) co_await record->changed().wait();
  const auto& all = record->events();
  const auto first = std::min<std::size_t>(after, all.size());
  const auto last = std::min(first + events_at_once, all.size());
  co_return std::vector<Event>(all.begin() + static_cast<std::ptrdiff_t>(first),
                               all.begin() + static_cast<std::ptrdiff_t>(last));
}

Task<Operation> Engine::wait(std::string id) {
  const auto record = state_->find(id);
  while (!ended(record->view().state)) co_await record->changed().wait();
  co_return record->view();
}

Task<> Engine::stop() {
  state_->stopping = true;
  for (auto& [id, entry] : state_->running) co_await entry.task->stop();
  state_->running.clear();
}

}  // namespace gf::operation
