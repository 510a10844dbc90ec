#pragma once
#include <string>
#include <vector>

#include "state/document.hpp"

namespace gf::project {

/// A checkout that the user has brought up: what the daemon wants to keep running.
struct Registration {
  std::string name;
  std::string root;
  bool up = true;  ///< false after `gf down`: remembered, not running
};

/// The registered checkouts: durable.
class Registry {
 public:
  Registry(FileSystem& files, std::filesystem::path path);
  const std::vector<Registration>& all() const { return all_; }
  const Registration* find(const std::string& name) const;
  /// Adds or replaces by name. Throws Error(conflict) when the name belongs to another root that still exists.
  void put(Registration registration);
  void remove(const std::string& name);
  /// A sentence about a damaged file that was kept aside, else "".
  std::string warning() const;

 private:
  state::Document document_;
  std::vector<Registration> all_;
  void save();
};

}  // namespace gf::project
