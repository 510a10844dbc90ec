#pragma once
#include <string>
#include <vector>

#include "protocol/json.hpp"

namespace gf::api {

/// What the feed is told of: `event` has all its members but number, time and type. `now` is the thing as it stands.
struct StateChange {
  std::string type;  ///< cluster | addon | project | app
  Json event;
};

/// Pure: what differs between two answers of GET /v1/status, each thing as the newer one has it; what is not there any
/// more has the state "removed". An app's last sync is told by the feed's own event of it.
std::vector<StateChange> state_changes(const Json& before, const Json& now);

}  // namespace gf::api
