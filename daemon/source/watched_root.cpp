#include "source/watched_root.hpp"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "core/with_timeout.hpp"
#include "protocol/error.hpp"

namespace gf::source {

namespace {

/// Files over this size are hashed by the worker pool, with a scan.
constexpr std::uint64_t inline_bytes = 256 << 10;
constexpr auto rescan_period = std::chrono::seconds(2);

}  // namespace

WatchedRoot::WatchedRoot(Executor executor, Clock& clock, WorkerPool& workers, Inotify& inotify, std::string root,
                         SnapshotSink sink, Warn warn)
    : executor_(executor),
      clock_(clock),
      workers_(workers),
      inotify_(inotify),
      root_(std::move(root)),
      sink_(std::move(sink)),
      warn_(std::move(warn)),
      happened_(executor) {}

Task<Snapshot> WatchedRoot::begin() {
  auto finding = offload(
      workers_, [](std::string root) { return git_folder(root); }, root_);
  git_ = co_await std::move(finding);
  auto scanning = scan();
  co_await std::move(scanning);
  told_digest_ = tree_->digest();
  told_head_ = head_;
  Snapshot first;
  first.tree = tree_;
  first.head = head_;
  first.first_event = clock_.now();
  co_return first;
}

void WatchedRoot::watch(const std::string& place, Watch what) {
  int error = 0;
  const int id = inotify_.add(place, error);
  if (id >= 0) {
    by_folder_[place] = id;
    watches_[id] = std::move(what);
  } else if (error == ENOSPC && !std::exchange(exhausted_, true)) {
    warn_("there are more folders in " + root_ +
          " than the kernel may watch: changes are looked for every 2 s; "
          "raise fs.inotify.max_user_watches: gf doctor --fix");
  }
}

/// Watches what is new; true when there was something.
bool WatchedRoot::watch_folders(const Tree& tree) {
  bool added = false;
  std::set<std::string> wanted;
  for (const auto& folder : tree.folders) {
    const auto place = folder.empty() ? root_ : root_ + '/' + folder;
    wanted.insert(place);
    if (by_folder_.contains(place)) continue;
    watch(place, {Place::tree, folder});
    added = added || by_folder_.contains(place);
  }
  const auto above = std::filesystem::path(root_).parent_path().string();
  if (!by_folder_.contains(git_)) watch(git_, {Place::git, {}});
  if (!by_folder_.contains(above)) watch(above, {Place::above, {}});
  for (auto entry = by_folder_.begin(); entry != by_folder_.end();) {
    const auto& what = watches_[entry->second];
    if (what.place != Place::tree || wanted.contains(entry->first)) {
      ++entry;
      continue;
    }
    // A moved folder keeps its watch: it belongs to the new place then.
    if (entry->first == (what.folder.empty() ? root_ : root_ + '/' + what.folder)) {
      inotify_.remove(entry->second);
      watches_.erase(entry->second);
    }
    entry = by_folder_.erase(entry);
  }
  return added;
}

void WatchedRoot::drop_watches() {
  for (const auto& [id, what] : watches_) inotify_.remove(id);
  watches_.clear();
  by_folder_.clear();
}

void WatchedRoot::note(bool scan) {
  const auto now = clock_.now();
  if (!burst_) burst_ = Burst{now, now, 0, false, 0};
  burst_->last = now;
  ++burst_->events;
  burst_->scan = burst_->scan || scan;
  burst_->saved = saved_.size();
  happened_.notify_all();
}

void WatchedRoot::overflowed() {
  next_.rescanned = true;
  note(true);
}

bool WatchedRoot::take(const FileEvent& event) {
  const auto found = watches_.find(event.watch);
  if (found == watches_.end()) return false;
  const auto what = found->second;
  if (event.mask & IN_IGNORED) {
    std::erase_if(by_folder_, [&](const auto& entry) { return entry.second == event.watch; });
    watches_.erase(found);
    if (what.place == Place::tree) note(true);
  } else if (what.place == Place::git) {
    // Refs are written together with HEAD or the index; objects and logs say nothing new.
    if (event.name == "index" || event.name == "HEAD" || event.name == "index.lock") note(true);
  } else if (what.place == Place::above) {
    if (event.name == std::filesystem::path(root_).filename()) note(true);
  } else {
    take_tree_event(event, what.folder);
  }
  return true;
}

void WatchedRoot::take_tree_event(const FileEvent& event, const std::string& folder) {
  const auto path = folder.empty() ? event.name : folder + '/' + event.name;
  const bool is_known = tree_ && tree_->find(path) != nullptr;
  if (event.name == ".git" || (!is_known && is_editor_file(event.name))) return;
  if (is_known && save_changed(path, event.mask)) {
    saved_.insert(path);
    note(false);
  } else if (!(is_known && (event.mask & IN_ATTRIB))) {
    note(true);
  }
}

/// Whether the event is the save of a known file that is small enough to be read at once. A change of attributes counts
/// when it changed the mode.
bool WatchedRoot::save_changed(const std::string& path, std::uint32_t mask) {
  if (!(mask & (IN_CLOSE_WRITE | IN_MOVED_TO | IN_ATTRIB))) return false;
  struct stat status {};
  if (::lstat((root_ + '/' + path).c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  if (static_cast<std::uint64_t>(status.st_size) > inline_bytes) return false;
  return !(mask & IN_ATTRIB) || (status.st_mode & 07777) != tree_->find(path)->mode;
}

std::optional<Clock::duration> WatchedRoot::lock_age() {
  if (::access((git_ + "/index.lock").c_str(), F_OK) != 0) {
    locked_since_.reset();
    return std::nullopt;
  }
  if (!locked_since_) locked_since_ = clock_.now();
  return clock_.now() - *locked_since_;
}

Task<> WatchedRoot::settle_burst() {
  for (;;) {
    const auto age = lock_age();
    const auto settled = settle(*burst_, clock_.now(), age);
    if (age && *age >= stale_lock)
      warn_(git_ + "/index.lock has been there for a minute: Git may have crashed; remove it if no Git runs");
    if (settled.act) co_return;
    // Woken early by the next event, which may move the time.
    try {
      auto waiting = happened_.wait();
      auto limited = with_timeout(clock_, *settled.wait_until - clock_.now(), "quiet", std::move(waiting));
      co_await std::move(limited);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::timed_out) throw;
    }
  }
}

/// The fast way: only the saved files are read.
void WatchedRoot::read_saved() {
  auto tree = std::make_shared<Tree>(*tree_);
  for (const auto& path : saved_) {
    const auto found = std::ranges::lower_bound(tree->files, path, {}, &TreeFile::path);
    auto fresh = read_tree_file(root_, path);
    if (!fresh) continue;  // gone again already: its own event follows
    tree->sum.remove(*found);
    tree->sum.add(*fresh);
    *found = std::move(*fresh);
  }
  tree_ = std::move(tree);
  head_.dirty = true;  // made exact by the next full look
}

Task<> WatchedRoot::scan() {
  struct Seen {
    Tree tree;
    Head head;
  };
  auto look = [](std::string root, std::shared_ptr<const Tree> known) {
    return Seen{read_tree(root, std::move(known)), read_head(root)};
  };
  for (bool again = true; again;) {
    try {
      auto looking = offload(workers_, look, root_, tree_);
      auto seen = co_await std::move(looking);
      tree_ = std::make_shared<const Tree>(std::move(seen.tree));
      head_ = std::move(seen.head);
      gone_ = false;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::not_a_checkout || !tree_) throw;
      if (!std::exchange(gone_, true)) warn_(root_ + " is not there any more: its replicas keep what they have");
      co_return;
    }
    // Files that appeared before a new folder was watched gave no event: look again until no folder is new.
    again = watch_folders(*tree_);
  }
}

void WatchedRoot::tell() {
  const auto digest = tree_->digest();
  if (digest == told_digest_ && head_ == told_head_) return;
  told_digest_ = digest;
  told_head_ = head_;
  next_.tree = tree_;
  next_.head = head_;
  sink_(std::exchange(next_, Snapshot()));
}

Task<> WatchedRoot::run() {
  for (;;) {
    while (!burst_ && !exhausted_) {
      auto waiting = happened_.wait();
      co_await std::move(waiting);
    }
    if (!burst_) {
      auto sleeping = clock_.sleep_for(rescan_period);
      co_await std::move(sleeping);
      if (!burst_) note(true);
    }
    auto settling = settle_burst();
    co_await std::move(settling);
    const auto burst = *std::exchange(burst_, std::nullopt);
    next_.first_event = burst.first;
    next_.events = burst.events;
    if (!burst.scan) {
      read_saved();
      saved_.clear();
    } else {
      saved_.clear();
      auto scanning = scan();
      co_await std::move(scanning);
    }
    if (!gone_) tell();
  }
}

}  // namespace gf::source
