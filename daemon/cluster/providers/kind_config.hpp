#pragma once
#include <string>

#include "cluster/provider.hpp"

namespace gf::cluster {

/// What of the host changes kind's configuration.
struct HostFacts {
  bool cgroup_v1 = false;    ///< kubelets since 1.35 refuse it unless told otherwise (KEP-5573)
  bool sys_resource = true;  ///< CAP_SYS_RESOURCE is in the bounding set; without it oom_score_adj cannot be lowered
};

/// First NodePort that is mapped to the host.
inline constexpr int first_node_port = 30000;

/// Pure: the `kind.x-k8s.io/v1alpha4` configuration of a cluster.
std::string kind_config(const CreateSpec& spec, const HostFacts& host);

}  // namespace gf::cluster
