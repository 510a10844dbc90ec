#pragma once
#include <string>

#include "container/engine.hpp"

namespace gf::node {

/// Exchanges the first frames with an agent. Throws Error(cluster_unavailable) when it is none, is of another version
/// or of another `digest` (empty: any), with what it said instead as the cause.
Task<> greet(container::ExecStream& stream, std::string digest);

}  // namespace gf::node
