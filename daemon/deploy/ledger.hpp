#pragma once
#include <set>
#include <string>
#include <vector>

#include "system/file_system.hpp"

namespace gf::deploy {

/// Which of the checkout's paths came into the containers of one app and were not deleted there again, kept on disk:
/// what the checkout has lost while no daemon ran could not be told from the program's own files otherwise.
class Ledger {
 public:
  Ledger(FileSystem& files, std::filesystem::path folder) : files_(&files), folder_(std::move(folder)) {}

  std::set<std::string> paths(const std::string& container_id) const;
  /// To be said before they are sent. Throws Error(state_unwritable).
  void add(const std::string& container_id, const std::vector<std::string>& paths);
  /// To be said after they were deleted. Throws Error(state_unwritable).
  void drop(const std::string& container_id, const std::vector<std::string>& paths);
  /// The others are gone.
  void retain(const std::set<std::string>& container_ids);

 private:
  void append(const std::string& container_id, char sign, const std::vector<std::string>& paths);

  FileSystem* files_;
  std::filesystem::path folder_;
};

}  // namespace gf::deploy
