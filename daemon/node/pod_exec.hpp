#pragma once
#include <string>
#include <vector>

#include "container/engine.hpp"
#include "protocol/json.hpp"

namespace gf::node {

/// Pure: how to run `command` in a container of a pod: by crictl inside the pod's node, over the engine's exec stream.
/// `container` empty = the first one. Throws Error(not_found) when that container does not run.
container::ExecSpec pod_exec(const Json& pod, const std::string& container, std::vector<std::string> command, bool tty,
                             bool input);

/// Pure: the id of a pod's running container as the agent and crictl know it, "" when it does not run.
std::string container_id(const Json& pod, const std::string& container);

}  // namespace gf::node
