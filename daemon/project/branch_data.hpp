#pragma once
#include <string>

#include "protocol/project.hpp"

namespace gf::project {

/// Which branch's data a project uses.
struct BranchData {
  std::string base;    ///< the branch whose data others begin with; "" as long as data have never followed branches
  std::string branch;  ///< "" = those of `base`
  bool operator==(const BranchData&) const = default;
};

/// Pure: what it uses with its checkout on the branch `head` ("" = detached, which changes nothing), after `before`.
/// The base that greenfield.yaml does not name is the branch that the checkout was on at first.
BranchData next_data(const DataSpec& spec, const std::string& head, const BranchData& before);

}  // namespace gf::project
