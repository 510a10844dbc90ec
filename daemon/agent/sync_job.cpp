#include "agent/sync_job.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace gf::agent {

namespace {

std::string temporary_name() {
  unsigned char random[8];
  if (::getrandom(random, sizeof random, 0) != sizeof random)
    throw Failure{"internal", "cannot name a temporary file: no random numbers", ""};
  std::string name = ".gf-";
  for (const auto byte : random) {
    name += "0123456789abcdef"[byte >> 4];
    name += "0123456789abcdef"[byte & 15];
  }
  return name + '~';
}

}  // namespace

int signal_number(const std::string& name) {
  if (name.empty()) return 0;
  const auto short_name = name.starts_with("SIG") ? name.substr(3) : name;
  if (short_name == node::restart_signal) return SIGRTMIN;
  for (int number = 1; number < NSIG; ++number)
    if (const char* known = ::sigabbrev_np(number); known && short_name == known) return number;
  throw Failure{"bad-request", "cannot send the signal " + shown(name) + ": there is none of that name",
                "HUP, USR1, USR2, TERM …"};
}

template <class Part>
void SyncJob::attempt(Part part) {
  if (failure_) return;
  try {
    part();
  } catch (Failure& failure) {
    failure_ = std::move(failure);
    discard_file();
  }
}

SyncJob::SyncJob(const node::SyncBegin& begin, ContainerProcesses& processes) {
  attempt([&] {
    signal_ = signal_number(begin.signal);
    process_ = processes.first(begin.container_id);
    tree_.emplace(process_.root.get(), begin.target, true);
  });
}

SyncJob::~SyncJob() { discard_file(); }

void SyncJob::remove(const std::string& path) {
  attempt([&] {
    tree_->remove(path);
    removed_.push_back(path);
    ++done_.files;
  });
}

void SyncJob::begin_file(node::SyncFile file, std::string_view first_piece) {
  attempt([&] {
    if (file_) throw node::BrokenFrame("a file that begins before the one before it ended");
    place_ = tree_->make(file.path);
    file_ = std::move(file);
    written_ = 0;
    link_.clear();
    temporary_ = temporary_name();
    if (!file_->link) {
      contents_ = Descriptor(::openat(place_.folder.get(), temporary_.c_str(),
                                      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
      if (!contents_) throw file_failure(errno, "write", file_->path, tree_->target());
    }
    write(first_piece);
  });
}

void SyncJob::add_data(std::string_view piece) {
  attempt([&] {
    if (!file_) throw node::BrokenFrame("contents without a file");
    write(piece);
  });
}

void SyncJob::write(std::string_view piece) {
  written_ += piece.size();
  if (written_ > file_->size) throw node::BrokenFrame("more contents than the file was said to have");
  if (file_->link) link_.append(piece);
  while (!file_->link && !piece.empty()) {
    const auto put = ::write(contents_.get(), piece.data(), piece.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) throw file_failure(errno, "write", file_->path, tree_->target());
    piece.remove_prefix(static_cast<std::size_t>(put));
  }
  if (written_ == file_->size) finish_file();
}

void SyncJob::finish_file() {
  const int folder = place_.folder.get();
  bool made;
  if (file_->link) {
    made = ::symlinkat(link_.c_str(), folder, temporary_.c_str()) == 0 &&
           ::fchownat(folder, temporary_.c_str(), tree_->owner(), tree_->group(), AT_SYMLINK_NOFOLLOW) == 0;
  } else {
    // Owner before mode: changing the owner clears bits of the mode.
    made = ::fchown(contents_.get(), tree_->owner(), tree_->group()) == 0 &&
           ::fchmod(contents_.get(), file_->mode & 07777) == 0;
    contents_.reset();
  }
  if (!made) throw file_failure(errno, "write", file_->path, tree_->target());
  tree_->put(place_, temporary_, file_->path);
  temporary_.clear();
  file_.reset();
  ++done_.files;
  done_.bytes += written_;
}

void SyncJob::discard_file() {
  if (!temporary_.empty()) ::unlinkat(place_.folder.get(), temporary_.c_str(), 0);
  temporary_.clear();
  contents_.reset();
  file_.reset();
}

node::SyncDone SyncJob::end() {
  attempt([&] {
    if (file_) throw node::BrokenFrame("a file without its end");
    for (const auto& path : removed_) tree_->prune(path);
    if (signal_ != 0 && ::kill(process_.pid, signal_) != 0)
      throw Failure{"not-found", "cannot signal the container: " + words(errno), ""};
  });
  if (failure_) throw *failure_;
  done_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  return done_;
}

}  // namespace gf::agent
