#pragma once
#include "protocol/json.hpp"

namespace gf::backup {

/// Pure: whether a backup of the cluster's state keeps `object`. Not kept is what a new cluster has by itself (the
/// namespaces of the node image and all in them, built-in roles and the like), what its controller makes again, and
/// what tells of this cluster only (nodes, events, leases, endpoints, tokens). Claims of volumes are always kept: their
/// controller could not make the content again.
bool belongs_in_backup(const Json& object);

/// Pure: `object` without what a server sets or what binds it to this cluster, so that another one can create it.
Json cleaned(Json object);

/// The order of a restore: what a stage needs is in those before it.
enum class Stage { definitions, namespaces, storage, configuration, services, workloads, rest, webhooks };

/// Pure: when a restore creates `object`.
Stage stage_of(const Json& object);

}  // namespace gf::backup
