#include "kube/node_address.hpp"

#include <doctest/doctest.h>

using namespace gf;

namespace {

Json node(const std::string& addresses) { return Json::parse(R"({"status": {"addresses": )" + addresses + "}}"); }

}  // namespace

TEST_CASE("a node's address is told where it is another one, and only there") {
  const auto former =
      node(R"([{"type": "InternalIP", "address": "172.18.0.4"}, {"type": "Hostname", "address": "gf-worker"}])");
  const auto patch = kube::address_patch(former, "172.18.0.3");
  REQUIRE(patch.has_value());
  CHECK(
      patch->dump() ==
      R"({"status":{"addresses":[{"address":"172.18.0.3","type":"InternalIP"},{"address":"gf-worker","type":"Hostname"}]}})");
  CHECK_FALSE(kube::address_patch(former, "172.18.0.4").has_value());
  CHECK_FALSE(kube::address_patch(former, "").has_value());  // it does not run
  CHECK_FALSE(kube::address_patch(node("[]"), "172.18.0.3").has_value());
  CHECK_FALSE(kube::address_patch(Json::object(), "172.18.0.3").has_value());
}
