#include "cluster/providers/kind_config.hpp"

namespace gf::cluster {

namespace {

/// Paths as JSON writes them, which YAML reads.
std::string extra_mounts(const std::vector<Mount>& mounts) {
  std::string text;
  for (const auto& mount : mounts)
    text += "  - {hostPath: " + dump(Json(mount.folder)) + ", containerPath: " + dump(Json(mount.in_node)) +
            ", readOnly: true}\n";
  return text.empty() ? text : "  extraMounts:\n" + text;
}

}  // namespace

std::string kind_config(const CreateSpec& spec, const HostFacts& host) {
  std::string text = "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nname: " + spec.name + "\n";
  std::string containerd;
  if (!host.sys_resource)
    containerd +=
        "  [plugins.\"io.containerd.grpc.v1.cri\"]\n"
        "    restrict_oom_score_adj = true\n";
  if (host.cgroup_v1)
    containerd +=
        "  [plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc.options]\n"
        "    SystemdCgroup = false\n";
  if (!containerd.empty()) text += "containerdConfigPatches:\n- |\n" + containerd;
  // One control plane elects no leader: after a restart its controllers act at once instead of waiting 15 s for a lease
  // of their former selves. The lists are kind's own plus ours, since a patch replaces them whole.
  text +=
      "kubeadmConfigPatches:\n"
      "- |\n"
      "  apiVersion: kubeadm.k8s.io/v1beta4\n"
      "  kind: ClusterConfiguration\n"
      "  controllerManager:\n"
      "    extraArgs: [{name: enable-hostpath-provisioner, value: \"true\"}, {name: leader-elect, value: \"false\"}]\n"
      "  scheduler:\n"
      "    extraArgs: [{name: leader-elect, value: \"false\"}]\n";
  // Services follow their pods at once: kind lets kube-proxy gather changes for a second, which a large cluster needs.
  text +=
      "- |\n"
      "  apiVersion: kubeproxy.config.k8s.io/v1alpha1\n"
      "  kind: KubeProxyConfiguration\n"
      "  iptables: {minSyncPeriod: 100ms}\n";
  // What crashes is tried again soon: on a laptop a layer that met its network too early, or an app that was just
  // mended, should not wait up to five minutes (KEP-4603).
  text +=
      "- |\n"
      "  apiVersion: kubelet.config.k8s.io/v1beta1\n"
      "  kind: KubeletConfiguration\n"
      "  featureGates: {KubeletCrashLoopBackOffMax: true}\n"
      "  crashLoopBackOff: {maxContainerRestartPeriod: 2s}\n";
  // In cgroup v1 systemd removes a slice's empty groups while the kubelet makes a pod's in them: that pod then waits
  // ten seconds for its next try, and all that needs its node's network with it. Without systemd nobody interferes.
  if (host.cgroup_v1) text += "  failCgroupV1: false\n  cgroupDriver: cgroupfs\n";
  text += "nodes:\n- role: control-plane\n";
  if (spec.host_ports > 0 && spec.first_host_port > 0) {
    text += "  extraPortMappings:\n";
    for (int i = 0; i < spec.host_ports; ++i)
      text += "  - {containerPort: " + std::to_string(first_node_port + i) +
              ", hostPort: " + std::to_string(spec.first_host_port + i) + ", listenAddress: 127.0.0.1}\n";
  }
  std::vector<Mount> everywhere, beside_pods;
  if (spec.link) everywhere.push_back(*spec.link);
  beside_pods = everywhere;
  for (const auto& root : spec.checkouts) beside_pods.push_back({root, checkout_in_node(root)});
  text += extra_mounts(spec.workers == 0 ? beside_pods : everywhere);
  for (int i = 0; i < spec.workers; ++i) text += "- role: worker\n" + extra_mounts(beside_pods);
  return text;
}

}  // namespace gf::cluster
