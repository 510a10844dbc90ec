#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "source/inotify.hpp"

namespace gf::source {

/// The watches of one checkout, and which folder each is of. A watch stays with its folder wherever that is moved:
/// after a move it has no place until follow() finds it again.
class Watches {
 public:
  enum class Place { tree, git, above };
  struct Watch {
    Place place = Place::tree;
    std::string folder;   ///< relative to the root; for Place::tree
    bool certain = true;  ///< false: it was moved, nobody knows where to
  };

  Watches(Inotify& inotify, std::string root) : inotify_(inotify), root_(std::move(root)) {}

  /// Watches these folders of the tree, those of Git's own (`git`, absolute) and the root's parent, and nothing else
  /// any more. True when there was one that was not watched before.
  bool follow(const std::vector<std::string>& folders, std::set<std::string> git);
  std::optional<Watch> find(int id) const;
  /// The kernel has given it up.
  void lose(int id);
  /// What is at `folder` and below ("" = everything) may have been moved.
  void doubt(const std::string& folder);
  void drop();
  bool exhausted() const { return exhausted_; }  ///< the kernel refused one: there are too many

 private:
  struct Kept {
    Place place;
    std::string folder;
  };
  std::string path_of(const std::string& folder) const { return folder.empty() ? root_ : root_ + '/' + folder; }
  bool add(const std::string& path, Kept what);

  Inotify& inotify_;
  std::string root_;
  std::map<int, Kept> watches_;
  std::map<std::string, int> by_path_;  ///< those whose place is certain
  bool exhausted_ = false;
};

}  // namespace gf::source
