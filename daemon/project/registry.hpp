#pragma once
#include <string>
#include <vector>

#include "project/branch_data.hpp"
#include "state/document.hpp"

namespace gf::project {

/// A checkout that the user has brought up: what the daemon wants to keep running.
struct Registration {
  std::string name;
  std::string root;
  bool up = true;        ///< false after `gf down`: remembered, not running
  std::string declared;  ///< `name` in its greenfield.yaml; another than `name` where another checkout has that
  BranchData data = {};

  /// Whether its folder is still there. Blocks for a moment.
  bool living() const;
};

/// The registered checkouts: durable.
class Registry {
 public:
  Registry(FileSystem& files, std::filesystem::path path);
  const std::vector<Registration>& all() const { return all_; }
  const Registration* find(const std::string& name) const;
  /// The checkout by its folder, under the name that it got last.
  const Registration* at_root(const std::string& root) const;
  /// What the checkout `root` is called, whose greenfield.yaml says `declared`: as before, or as a new one, which is
  /// known by `place` where another living checkout has that name.
  std::string name_of(const std::string& root, const std::string& declared, const std::string& place) const;
  /// Other checkouts that are up, by name; those whose folder is gone do not count.
  std::vector<std::string> up_beside(const std::string& name) const;
  /// Adds or replaces by name; which data it uses stays as it was. What the same checkout was called before is down
  /// from now on. Throws Error(conflict) when the name belongs to another root that still exists.
  void put(Registration registration);
  /// Remembered, not running.
  void take_down(const std::string& name);
  /// No effect for an unknown one.
  void use_data(const std::string& name, BranchData data);
  void remove(const std::string& name);
  /// A sentence about a damaged file that was kept aside, else "".
  std::string warning() const;

 private:
  state::Document document_;
  std::vector<Registration> all_;
  void save();
  void save_or(const std::vector<Registration>& before);  ///< what is there again where it cannot be saved
};

}  // namespace gf::project
