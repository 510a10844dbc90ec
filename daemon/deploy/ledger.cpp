#include "deploy/ledger.hpp"

#include "deploy/plan.hpp"

namespace gf::deploy {

namespace {

constexpr char came = '+', went = '-';

}  // namespace

std::set<std::string> Ledger::paths(const std::string& container_id) const {
  std::set<std::string> held;
  for (const auto& entry : split_paths(files_->read(folder_ / container_id).value_or(""))) {
    if (entry.empty()) continue;
    if (entry[0] == came) held.insert(entry.substr(1));
    if (entry[0] == went) held.erase(entry.substr(1));
  }
  return held;
}

void Ledger::add(const std::string& container_id, const std::vector<std::string>& paths) {
  append(container_id, came, paths);
}

void Ledger::drop(const std::string& container_id, const std::vector<std::string>& paths) {
  append(container_id, went, paths);
}

/// Not durable: what a crash of the machine takes from here, it takes from the containers too.
void Ledger::append(const std::string& container_id, char sign, const std::vector<std::string>& paths) {
  if (paths.empty()) return;
  std::vector<std::string> entries;
  for (const auto& path : paths) entries.push_back(sign + path);
  files_->append(folder_ / container_id, joined_paths(entries), false);
}

void Ledger::retain(const std::set<std::string>& container_ids) {
  for (const auto& file : files_->list(folder_))
    if (!container_ids.contains(file.filename().string())) files_->remove(file);
}

}  // namespace gf::deploy
