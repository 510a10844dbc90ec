#include "kube/node_address.hpp"

namespace gf::kube {

std::optional<Json> address_patch(const Json& node, const std::string& address) {
  auto addresses = node.value("status", Json::object()).value("addresses", Json::array());
  bool changed = false;
  for (auto& one : addresses) {
    if (one.value("type", "") != "InternalIP" || one.value("address", "") == address) continue;
    one["address"] = address;
    changed = true;
  }
  if (!changed || address.empty()) return std::nullopt;
  Json patch;
  patch["status"]["addresses"] = std::move(addresses);
  return patch;
}

}  // namespace gf::kube
