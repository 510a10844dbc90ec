#include "project/branch_data.hpp"

namespace gf::project {

BranchData next_data(const DataSpec& spec, const std::string& head, const BranchData& before) {
  if (!spec.per_branch) return {before.base, ""};
  BranchData next = before;
  if (!spec.base.empty())
    next.base = spec.base;
  else if (next.base.empty())
    next.base = head;
  if (!head.empty()) next.branch = head;
  if (next.branch == next.base) next.branch.clear();
  return next;
}

}  // namespace gf::project
