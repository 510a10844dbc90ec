#include "source/checkout.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <git2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "protocol/error.hpp"
#include "source/settle.hpp"
#include "source/tree_file.hpp"

namespace gf::source {

namespace {

struct Library {
  Library() { git_libgit2_init(); }
};

template <class T, void (*release)(T*)>
struct Owned {
  T* value = nullptr;
  Owned() = default;
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() {
    if (value) release(value);
  }
  T** put() { return &value; }
  operator T*() const { return value; }
};
using Repository = Owned<git_repository, git_repository_free>;
using Index = Owned<git_index, git_index_free>;
using Reference = Owned<git_reference, git_reference_free>;
using Branches = Owned<git_branch_iterator, git_branch_iterator_free>;
using Worktree = Owned<git_worktree, git_worktree_free>;

void open(const std::string& root, Repository& repository) {
  static const Library library;
  if (git_repository_open_ext(repository.put(), root.c_str(), 0, nullptr) != 0 || !git_repository_workdir(repository))
    throw Error(ErrorCode::not_a_checkout, "cannot use " + root + ": it lies in no Git work tree", "git init");
}

/// Walks a work tree, leaving ignored folders, nested repositories and .git out.
class Walk {
 public:
  Walk(std::string root, std::shared_ptr<const Tree> known) : root_(std::move(root)), known_(std::move(known)) {
    open(root_, repository_);
    if (git_repository_index(index_.put(), repository_) != 0) return;
    git_index_read(index_, 0);
    for (std::size_t i = 0; i < git_index_entrycount(index_); ++i) {
      const std::string path = git_index_get_byindex(index_, i)->path;
      tracked_.insert(path);
      for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1))
        tracked_folders_.insert(path.substr(0, slash));
    }
  }

  std::vector<std::string> folders() {
    with_files_ = false;
    visit(AT_FDCWD, root_, "", false);
    return std::move(tree_.folders);
  }

  Tree run() {
    visit(AT_FDCWD, root_, "", false);
    std::ranges::sort(tree_.files, {}, &TreeFile::path);
    for (const auto& file : tree_.files) tree_.sum.add(file);
    return std::move(tree_);
  }

 private:
  bool ignored(const std::string& path) const {
    int answer = 0;
    return git_ignore_path_is_ignored(&answer, repository_, path.c_str()) == 0 && answer == 1;
  }

  /// `only_tracked`: the folder is ignored, but Git knows files in it all the same.
  void visit(int above, const std::string& place, const std::string& folder, bool only_tracked) {
    const int descriptor = ::openat(above, place.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR* entries = descriptor < 0 ? nullptr : ::fdopendir(descriptor);
    if (!entries) {
      if (descriptor >= 0) ::close(descriptor);
      return;
    }
    tree_.folders.push_back(folder);
    while (const dirent* entry = ::readdir(entries)) {
      const std::string name = entry->d_name;
      if (name == "." || name == ".." || name == ".git") continue;
      const auto path = folder.empty() ? name : folder + '/' + name;
      struct stat status {};
      const bool is_folder =
          entry->d_type == DT_DIR ||
          (entry->d_type == DT_UNKNOWN && ::fstatat(descriptor, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(status.st_mode));
      if (is_folder)
        visit_folder(descriptor, name, path, only_tracked);
      else if (with_files_ && (tracked_.contains(path) || (!only_tracked && !is_editor_file(name) && !ignored(path))))
        take(descriptor, name, path);
    }
    ::closedir(entries);
  }

  void visit_folder(int above, const std::string& name, const std::string& path, bool only_tracked) {
    if (::faccessat(above, (name + "/.git").c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0)
      return;  // a repository of its own
    const bool leave_out = only_tracked || ignored(path + '/');
    if (leave_out && !tracked_folders_.contains(path)) return;
    visit(above, name, path, leave_out);
  }

  void take(int folder, const std::string& name, const std::string& path) {
    auto file = describe(folder, name, path);
    if (!file) return;
    const auto* before = known_ ? known_->find(path) : nullptr;
    if (before && before->size == file->size && before->changed_ns == file->changed_ns &&
        before->inode == file->inode && before->link == file->link) {
      file->digest = before->digest;
    } else {
      file = read_entry(folder, name, path);
      if (!file) return;
    }
    tree_.files.push_back(std::move(*file));
  }

  std::string root_;
  std::shared_ptr<const Tree> known_;
  Repository repository_;
  Index index_;
  std::set<std::string> tracked_, tracked_folders_;
  bool with_files_ = true;
  Tree tree_;
};

std::string without_slash(std::string folder) {
  while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  return folder;
}

bool is_dirty(git_repository* repository) {
  git_status_options options = GIT_STATUS_OPTIONS_INIT;
  options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_EXCLUDE_SUBMODULES;
  auto stop = [](const char*, unsigned, void*) { return 1; };
  return git_status_foreach_ext(repository, &options, stop, nullptr) == 1;
}

Head place_of(git_repository* repository) {
  Head head;
  Reference reference;
  if (git_repository_head(reference.put(), repository) == 0) {
    if (git_repository_head_detached(repository) == 0) head.branch = git_reference_shorthand(reference);
    char text[GIT_OID_HEXSZ + 1];
    git_oid_tostr(text, sizeof text, git_reference_target(reference));
    head.commit = text;
  } else if (git_reference_lookup(reference.put(), repository, "HEAD") == 0 &&
             git_reference_symbolic_target(reference)) {
    // No commit yet: HEAD names a branch that is still to be born.
    const std::string target = git_reference_symbolic_target(reference);
    constexpr std::string_view prefix = "refs/heads/";
    head.branch = target.starts_with(prefix) ? target.substr(prefix.size()) : target;
  }
  return head;
}

}  // namespace

std::string find_root(std::string path) {
  Repository repository;
  open(path, repository);
  return without_slash(git_repository_workdir(repository));
}

std::string place_name(std::string root) {
  Repository repository;
  open(root, repository);
  Worktree linked;
  if (git_repository_is_worktree(repository) == 1 && git_worktree_open_from_repository(linked.put(), repository) == 0)
    return git_worktree_name(linked);
  return std::filesystem::path(root).filename();
}

Head read_place(std::string root) {
  Repository repository;
  open(root, repository);
  return place_of(repository);
}

Head read_head(std::string root) {
  Repository repository;
  open(root, repository);
  auto head = place_of(repository);
  head.dirty = is_dirty(repository);
  return head;
}

std::vector<std::string> read_folders(std::string root) { return Walk(std::move(root), nullptr).folders(); }

std::set<std::string> local_branches(std::string root) {
  Repository repository;
  open(root, repository);
  Branches branches;
  if (git_branch_iterator_new(branches.put(), repository, GIT_BRANCH_LOCAL) != 0)
    throw Error(ErrorCode::not_a_checkout, "cannot list the branches of " + root);
  std::set<std::string> names;
  for (;;) {
    Reference one;
    git_branch_t kind{};
    if (git_branch_next(one.put(), &kind, branches) != 0) return names;
    names.insert(git_reference_shorthand(one));
  }
}

Tree read_tree(std::string root, std::shared_ptr<const Tree> known) {
  return Walk(std::move(root), std::move(known)).run();
}

std::string git_folder(const std::string& root) {
  Repository repository;
  open(root, repository);
  return without_slash(git_repository_path(repository));
}

std::string common_git_folder(const std::string& root) {
  Repository repository;
  open(root, repository);
  return without_slash(git_repository_commondir(repository));
}

}  // namespace gf::source
