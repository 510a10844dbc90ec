#include "agent/compare_job.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <climits>

namespace gf::agent {

CompareJob::CompareJob(const node::CompareBegin& begin, ContainerProcesses& processes) {
  try {
    process_ = processes.first(begin.container_id);
    tree_.emplace(process_.root.get(), begin.target, false);
  } catch (Failure& failure) {
    failure_ = std::move(failure);
  }
}

void CompareJob::decide(bool differs) {
  differs_.push_back(differs);
  waiting_.pop_front();
  contents_.reset();
}

void CompareJob::begin_next() {
  const auto& wanted = waiting_.front();
  const bool wants_nothing = wanted.digest.empty();
  if (tree_->empty()) {
    check_path(wanted.path);
    return decide(!wants_nothing);
  }
  const auto place = tree_->find(wanted.path);
  struct stat status;
  if (!place.folder || ::fstatat(place.folder.get(), place.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
    return decide(!wants_nothing);
  if (wants_nothing) return decide(!S_ISDIR(status.st_mode));
  if (wanted.link) {
    char link[PATH_MAX];
    const auto length =
        S_ISLNK(status.st_mode) ? ::readlinkat(place.folder.get(), place.name.c_str(), link, sizeof link) : ssize_t(-1);
    if (length < 0) return decide(true);
    Sha256 sum;
    sum.update(std::string_view(link, static_cast<std::size_t>(length)));
    return decide(sum.hex() != wanted.digest);
  }
  if (!S_ISREG(status.st_mode) || (status.st_mode & 07777) != (wanted.mode & 07777)) return decide(true);
  contents_ =
      Descriptor(::openat(place.folder.get(), place.name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!contents_) return decide(true);
  sum_ = Sha256();
}

void CompareJob::step() {
  if (failure_) waiting_.clear();
  if (waiting_.empty()) return;
  try {
    if (!contents_) return begin_next();
    static char buffer[128 * 1024];
    const auto got = ::read(contents_.get(), buffer, sizeof buffer);
    if (got > 0) return sum_.update(std::string_view(buffer, static_cast<std::size_t>(got)));
    decide(got < 0 || sum_.hex() != waiting_.front().digest);
  } catch (Failure& failure) {
    failure_ = std::move(failure);
    waiting_.clear();
  }
}

const std::vector<bool>& CompareJob::differences() const {
  if (failure_) throw *failure_;
  return differs_;
}

}  // namespace gf::agent
