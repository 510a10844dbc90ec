#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/json.hpp"
#include "protocol/mesh.hpp"
#include "protocol/strategy.hpp"

namespace gf {

/// The cluster that a project asks for.
struct ClusterSpec {
  std::string provider = "kind";  ///< kind | k3d | existing
  int workers = 2;                ///< nodes besides the control plane, 0 to 9
  int host_ports = 10;            ///< how many localhost ports are reserved at creation (NodePort 30000 upwards)
  bool operator==(const ClusterSpec&) const = default;
};

/// One rule "this folder of the checkout is that folder of the container". Paths are relative to the checkout
/// respectively absolute in the container, '/'-separated, without trailing slash.
struct SyncRule {
  std::string from, to;
  bool operator==(const SyncRule&) const = default;
};

/// How the files of the sync rules come into an app's containers.
enum class SyncMode {
  copy,   ///< each change is written into every container
  mount,  ///< the checkout itself is mounted, read-only, by way of the nodes: for nodes that are containers of this
          ///< machine
};

/// What happens to an app's program when its files have changed in the container.
enum class OnSync {
  none,     ///< nothing: it looks itself
  reload,   ///< it gets AppSpec::reload_signal
  restart,  ///< gf-supervise starts it anew, in the same container
};

/// As many replicas as the load asks for.
struct Autoscale {
  int min = 1, max = 1;
  int cpu = 70;  ///< average use of the requested CPU that is aimed at, in percent
  bool operator==(const Autoscale&) const = default;
};

/// One application of a project, as greenfield.yaml says it.
struct AppSpec {
  std::string name;
  std::string context = ".";                ///< build context, relative to the checkout
  std::string dockerfile = "Dockerfile";    ///< relative to the context
  std::map<std::string, std::string> args;  ///< build arguments; "image:NAME" stands for a platform image
  std::string image;                        ///< instead of a build: an image to run as it is
  int port = 0;                             ///< container port, 0 = no Service
  int localhost_port = 0;                   ///< preferred port on localhost, 0 = same as `port`
  int replicas = 1;
  std::optional<Autoscale> autoscale;  ///< instead of a fixed number of replicas
  std::vector<std::string> uses;       ///< addons whose claims are injected and waited for
  std::vector<SyncRule> sync;
  SyncMode sync_mode = SyncMode::copy;
  OnSync on_sync = OnSync::none;
  std::string reload_signal = "HUP";         ///< sent to the container's first process by on_sync: reload
  std::vector<std::string> rebuild_on;       ///< globs, relative to the context
  std::string manifests;                     ///< own kustomization, relative to the checkout; empty = generated
  std::string ready_path;                    ///< HTTP path that answers 2xx when ready; empty = TCP connect
  std::chrono::seconds ready_deadline{180};  ///< of each replica of a new version, else the last good one is put back
  std::string metrics_path;                  ///< HTTP path of its metrics for Prometheus; empty = none
  std::map<std::string, std::string> env;
  std::vector<std::string> command;     ///< replaces the image's entry point
  int memory_mib = 256;                 ///< limit
  std::chrono::seconds sleep_after{0};  ///< unused for so long it is scaled to zero; 0 = never by itself
  Strategy strategy = Strategy::rolling;
  CanarySpec canary;  ///< counts for Strategy::canary
  MeshSpec mesh;      ///< counts for projects that have the addon istio
  bool operator==(const AppSpec&) const = default;
};

/// greenfield.yaml, validated.
struct ProjectSpec {
  std::string name;
  std::string root;  ///< the checkout: absolute path
  ClusterSpec cluster;
  std::string profile = "dev";
  std::map<std::string, std::string> addons;                ///< name → profile
  std::map<std::string, std::vector<std::string>> seeds;    ///< addon → files that fill it, relative to the checkout
  std::map<std::string, std::chrono::seconds> addon_sleep;  ///< addon → unused for so long it is scaled to zero
  std::vector<AppSpec> apps;
};

std::string_view name(OnSync action);

/// Whether the checkout is mounted into the app's containers.
inline bool mounts_checkout(const AppSpec& app) { return app.sync_mode == SyncMode::mount; }
/// Pure: whether it is into those of any app.
bool mounts_checkout(const ProjectSpec& project);
/// Pure: where a node has a checkout of this machine that is mounted into it.
std::string checkout_in_node(const std::string& root);

/// Whether the project's apps get sidecars.
inline bool in_mesh(const ProjectSpec& project) { return project.addons.contains("istio"); }

/// Pure: why the app can never be scaled to zero and woken by a connection: the end of a sentence; "" when it can.
std::string why_never_asleep(const ProjectSpec& project, const AppSpec& app);

}  // namespace gf
