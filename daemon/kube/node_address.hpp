#pragma once
#include <optional>
#include <string>

#include "protocol/json.hpp"

namespace gf::kube {

/// Pure: the merge patch of a Node's status that says that its InternalIP is `address`; nullopt when it says so
/// already, or when it says none yet (then its kubelet has not been there).
std::optional<Json> address_patch(const Json& node, const std::string& address);

}  // namespace gf::kube
