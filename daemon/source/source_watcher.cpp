#include "source/source_watcher.hpp"

#include <sys/inotify.h>

#include "source/watched_root.hpp"

namespace gf::source {

struct SourceWatcher::State {
  State(Executor io, Clock& time, WorkerPool& pool)
      : executor(io), clock(time), workers(pool), inotify(io), reading(io) {}

  struct Entry {
    explicit Entry(Executor io) : running(io) {}
    std::unique_ptr<WatchedRoot> root;
    TaskGroup running;
  };

  Task<> read() {
    for (;;) {
      auto next = inotify.read();
      const auto events = co_await std::move(next);
      for (const auto& event : events) {
        const bool overflow = (event.mask & IN_Q_OVERFLOW) != 0;
        for (const auto& [place, entry] : roots) {
          if (overflow)
            entry->root->overflowed();
          else
            entry->root->take(event);  // a folder above two roots belongs to both
        }
      }
    }
  }

  Executor executor;
  Clock& clock;
  WorkerPool& workers;
  Inotify inotify;
  TaskGroup reading;
  std::map<std::string, std::unique_ptr<Entry>> roots;
  std::vector<std::unique_ptr<Entry>> ending;
  std::function<void(const std::string&, const std::string&)> warn;
};

SourceWatcher::SourceWatcher(Executor executor, Clock& clock, WorkerPool& workers)
    : state_(std::make_shared<State>(executor, clock, workers)) {}

SourceWatcher::~SourceWatcher() = default;

Task<Snapshot> SourceWatcher::add(std::string root, SnapshotSink sink) {
  remove(root);
  auto& state = *state_;
  if (state.reading.size() == 0) state.reading.spawn("read file events", state.read());
  auto entry = std::make_unique<State::Entry>(state.executor);
  auto warn = [this, root](const std::string& sentence) {
    if (state_->warn) state_->warn(root, sentence);
  };
  entry->root = std::make_unique<WatchedRoot>(state.executor, state.clock, state.workers, state.inotify, root,
                                              std::move(sink), warn);
  auto* watched = entry->root.get();
  auto& running = entry->running;
  state.roots[root] = std::move(entry);
  std::exception_ptr failed;
  Snapshot first;
  try {
    auto beginning = watched->begin();
    first = co_await std::move(beginning);
  } catch (...) {
    failed = std::current_exception();
  }
  if (failed) {
    remove(root);
    std::rethrow_exception(failed);
  }
  running.spawn("watch " + root, watched->run());
  co_return first;
}

void SourceWatcher::remove(const std::string& root) {
  const auto found = state_->roots.find(root);
  if (found == state_->roots.end()) return;
  found->second->root->drop_watches();
  found->second->running.cancel();
  state_->ending.push_back(std::move(found->second));  // until its coroutine has ended
  state_->roots.erase(found);
  std::erase_if(state_->ending, [](const auto& entry) { return entry->running.size() == 0; });
}

void SourceWatcher::on_warning(std::function<void(const std::string&, const std::string&)> sink) {
  state_->warn = std::move(sink);
}

Task<> SourceWatcher::stop() {
  while (!state_->roots.empty()) remove(std::string(state_->roots.begin()->first));
  for (const auto& entry : state_->ending) {
    auto ending = entry->running.stop();
    co_await std::move(ending);
  }
  auto ending = state_->reading.stop();
  co_await std::move(ending);
}

}  // namespace gf::source
