#include "source/watched_root.hpp"

#include <malloc.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

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
      root_(std::move(root)),
      watches_(inotify, root_),
      sink_(std::move(sink)),
      warn_(std::move(warn)),
      happened_(executor) {}

Task<Snapshot> WatchedRoot::begin() {
  // What is to be watched is known long before what is in it: then the files are read once, and not a second time for
  // what may have changed before they were watched.
  struct Found {
    std::string git, branches;
    Head place;
    std::vector<std::string> folders;
  };
  auto find = [](std::string root) {
    return Found{git_folder(root), common_git_folder(root) + "/refs/heads", read_place(root), read_folders(root)};
  };
  auto finding = offload(workers_, find, root_);
  const auto found = co_await std::move(finding);
  git_ = found.git;
  branches_ = found.branches;
  head_ = found.place;
  watch_folders(found.folders);
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

/// What tells where the branch is, as long as Git has not packed it.
std::filesystem::path WatchedRoot::branch_file() const { return std::filesystem::path(branches_) / head_.branch; }

/// Watches what is new; true when there was something.
bool WatchedRoot::watch_folders(const std::vector<std::string>& folders) {
  const bool added = watches_.follow(folders, {git_, branch_file().parent_path().string()});
  if (watches_.exhausted() && !std::exchange(exhausted_, true))
    warn_("there are more folders in " + root_ +
          " than the kernel may watch: changes are looked for every 2 s; "
          "raise fs.inotify.max_user_watches: gf doctor --fix");
  return added;
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
  watches_.doubt("");  // moves may be among what was lost
  note(true);
}

bool WatchedRoot::take(const FileEvent& event) {
  const auto watch = watches_.find(event.watch);
  if (!watch) return false;
  if (event.mask & IN_IGNORED) {
    watches_.lose(event.watch);
    note(true);
  } else if (watch->place == Watches::Place::git) {
    // Other branches, objects and logs say nothing new.
    if (event.name == "index" || event.name == "HEAD" || event.name == "index.lock" ||
        event.name == branch_file().filename())
      note(true);
  } else if (watch->place == Watches::Place::above) {
    if (event.name != std::filesystem::path(root_).filename()) return true;
    watches_.doubt("");  // another folder may be the root now
    note(true);
  } else if (!watch->certain) {
    note(true);
  } else {
    take_tree_event(event, watch->folder);
  }
  return true;
}

/// The save of a known file that is small is read at once. While the tree is being read, what is known is of before:
/// then nothing is left out for being known as it is.
void WatchedRoot::take_tree_event(const FileEvent& event, const std::string& folder) {
  const auto path = folder.empty() ? event.name : folder + '/' + event.name;
  const bool is_folder = (event.mask & IN_ISDIR) != 0;
  if (is_folder && (event.mask & (IN_MOVED_FROM | IN_MOVED_TO))) watches_.doubt(path);
  if (path == ".git") return;
  const auto* known = tree_ ? tree_->find(path) : nullptr;
  if (!known && !scanning_ && !is_folder && is_editor_file(event.name)) return;
  // What is ignored decides which files there are.
  if (!known || event.name == ".gitignore") return note(true);
  struct stat status {};
  const bool is_file = ::lstat((root_ + '/' + path).c_str(), &status) == 0 && S_ISREG(status.st_mode);
  // Of the attributes only a file's mode counts.
  if ((event.mask & IN_ATTRIB) && (!is_file || (!scanning_ && (status.st_mode & 07777) == known->mode))) return;
  // A file of several names is saved by one of them and changed by all.
  const bool is_save = is_file && status.st_nlink == 1 && static_cast<std::uint64_t>(status.st_size) <= inline_bytes &&
                       (event.mask & (IN_CLOSE_WRITE | IN_MOVED_TO | IN_ATTRIB));
  if (is_save) saved_.insert(path);
  note(!is_save);
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
  for (const auto& path : std::exchange(saved_, {})) {
    const auto found = std::ranges::lower_bound(tree->files, path, {}, &TreeFile::path);
    if (found == tree->files.end() || found->path != path) {
      note(true);  // it was known until the latest look, and has come back since
      continue;
    }
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
    const bool is_first = !known;
    Seen seen{read_tree(root, std::move(known)), read_head(root)};
    if (is_first) ::malloc_trim(0);  // libgit2's index and ours of before: in a large checkout more than what is kept
    return seen;
  };
  scanning_ = true;
  for (bool again = true; again;) {
    try {
      auto looking = offload(workers_, look, root_, tree_);
      auto seen = co_await std::move(looking);
      tree_ = std::make_shared<const Tree>(std::move(seen.tree));
      head_ = std::move(seen.head);
      gone_ = false;
    } catch (const Error& error) {
      scanning_ = false;
      if (error.code() != ErrorCode::not_a_checkout || !tree_) throw;
      if (!std::exchange(gone_, true)) warn_(root_ + " is not there any more: its replicas keep what they have");
      co_return;
    }
    // Files that appeared before a new folder was watched gave no event: look again until no folder is new.
    again = watch_folders(tree_->folders);
  }
  scanning_ = false;
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
    } else {
      saved_.clear();
      auto scanning = scan();
      co_await std::move(scanning);
    }
    if (!gone_) tell();
  }
}

}  // namespace gf::source
