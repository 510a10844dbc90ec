#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

namespace gf::addon {

/// Which branches of a checkout have data of their own in one claim. "" is the base branch, whose data the claim itself
/// has.
struct BranchRecord {
  std::string current;                 ///< whose data the claim's variables lead to
  std::map<std::string, int> numbers;  ///< branch → its number, from 1
  bool operator==(const BranchRecord&) const = default;
};

/// Pure: for an annotation; nothing for a claim that no branch but the base has used.
std::string to_text(const BranchRecord& record);
/// Pure: what nobody can have written is a record of nothing.
BranchRecord branch_record_from(const std::string& text);

/// Pure: the number for one more branch, at most `most` (0 = there is no end of them). Throws Error(addon_failed)
/// naming the addon and the branches that have all of them.
int free_number(const BranchRecord& record, int most, const std::string& addon, const std::string& branch);

/// Pure: a branch as a part of the names of databases: [a-z0-9_], up to 21 letters, another one for each branch.
std::string branch_label(const std::string& branch);

/// Pure: the branches whose data can go: they are not in the repository any more, nor the current one or `left`, which
/// was current a moment ago.
std::vector<std::string> vanished(const BranchRecord& record, const std::set<std::string>& in_repository,
                                  const std::string& left);

}  // namespace gf::addon
