#pragma once
#include <optional>
#include <string>
#include <vector>

#include "protocol/json.hpp"

namespace gf::forward {

struct Address {
  std::string host;  ///< a literal IP, as seen from inside a node
  int port = 0;
};

/// Pure: where to connect for `port` of a Service. With a cluster IP that is the Service itself; a headless one leads
/// to the first ready endpoint of its EndpointSlices. Nothing when nobody is ready.
std::optional<Address> resolve(const Json& service, const std::vector<Json>& endpoint_slices, int port);

bool is_headless(const Json& service);

}  // namespace gf::forward
