#pragma once
#include <deque>

#include "api/routes.hpp"
#include "api/state_watch.hpp"
#include "backup/backup_service.hpp"
#include "backup/cluster_backups.hpp"
#include "cluster/providers.hpp"
#include "delivery/prometheus.hpp"
#include "deploy/image_collector.hpp"
#include "deploy/local_registry.hpp"
#include "environment/app_versions.hpp"
#include "environment/sleepers.hpp"
#include "http/server.hpp"
#include "snapshot/snapshot_service.hpp"
#include "system/instance_lock.hpp"
#include "system/paths.hpp"
#include "unsealer/unsealer.hpp"

namespace gf {

/// The composition root: owns every collaborator. The order of the members is the order of dependency; they are stopped
/// in the reverse one.
class Daemon {
 public:
  Daemon(net::io_context& io, Paths paths);
  /// Begins to serve and to bring back what is wanted.
  void start();
  /// Ends everything in order; operations that can be resumed stay in the journal.
  Task<> stop();

 private:
  static cluster::HostFacts host_facts();
  api::Services services();
  std::vector<std::string> warnings() const;
  void tell(const Operation& operation, const Json& parameters, const Event& event);
  void tell(const std::string& project, const std::string& app, const deploy::LastSync& sync);
  void warn(const std::string& subject, const std::string& sentence);

  net::io_context& io_;
  Paths paths_;
  std::deque<std::string> warnings_;  ///< the newest 20
  SystemClock clock_;
  api::Feed feed_;
  double started_;
  WorkerPool workers_;
  PosixFileSystem files_;
  PosixProcessRunner processes_;
  std::unique_ptr<container::Engine> engine_;
  operation::Engine operations_;
  kube::CurrentKubeApi kube_;
  kube::Mirror mirror_;
  node::Links links_;
  std::vector<std::string> nodes_;
  image::ImageService images_;
  cluster::ProviderTable providers_;
  cluster::ClusterService cluster_;
  manifest::Kustomize kustomize_;
  manifest::Rollout rollout_;
  addon::AddonService addons_;
  project::Registry registry_;
  source::SourceWatcher sources_;
  deploy::ImageBuilder builder_;
  deploy::History history_;
  deploy::DeployService deploy_;
  deploy::ImageCollector collector_;
  environment::Sleepers sleepers_;
  sleep::Sleeper sleeper_;
  forward::ForwardService forwards_;
  environment::Environment environment_;
  environment::AppVersions versions_;
  delivery::Prometheus traffic_;
  delivery::DeliveryService deliveries_;
  backup::BackupService backups_;
  backup::ClusterBackups cluster_backups_;
  snapshot::SnapshotService snapshots_;
  unsealer::Unsealer unsealer_;
  doctor::Doctor doctor_;
  page::Page page_;
  api::Services services_;
  api::StateWatch watch_;
  http::Server server_;
};

}  // namespace gf
