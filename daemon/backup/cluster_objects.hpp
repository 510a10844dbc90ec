#pragma once
#include <string>

#include "protocol/json.hpp"

namespace gf::backup {

/// Pure: whether a backup of the cluster's state keeps `object`. Not kept is what a new cluster has by itself (the
/// namespaces of the node image and all in them, built-in roles and the like), what its controller makes again,
/// Jobs and pods that have ended, what is being removed, and what tells of this cluster only (nodes, events, leases,
/// endpoints, tokens). Claims of volumes are always kept: their controller could not make the content again.
bool belongs_in_backup(const Json& object);

/// Pure: `object` without what a server sets or what binds it to this cluster, so that another one can create it.
Json cleaned(Json object);

/// Pure: whether it is of gfd itself.
bool is_own(const Json& object);

/// Pure: "ConfigMap team/settings", for people.
std::string name_of(const Json& object);

/// Pure: whether `object` says all that `wanted` says. What it says beyond that, servers and controllers have added.
bool holds(const Json& object, const Json& wanted);

/// The order of a restore: what a stage needs is in those before it.
enum class Stage { definitions, namespaces, storage, claims, configuration, services, workloads, rest, webhooks };

/// Pure: when a restore creates `object`.
Stage stage_of(const Json& object);

}  // namespace gf::backup
