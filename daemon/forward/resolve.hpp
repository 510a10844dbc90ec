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

/// A pod that is dialled from within.
struct PodPlace {
  std::string node, container_id;
};

/// Pure: of the pods that are ready and stay, the next one: `turn` counts connections. Nothing when there is none.
std::optional<PodPlace> choose(const std::vector<const Json*>& pods, std::size_t turn);

}  // namespace gf::forward
