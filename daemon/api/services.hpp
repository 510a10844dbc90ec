#pragma once
#include <functional>

#include "api/feed.hpp"
#include "backup/backup_service.hpp"
#include "backup/cluster_backups.hpp"
#include "delivery/delivery_service.hpp"
#include "doctor/doctor.hpp"
#include "environment/environment.hpp"
#include "page/page.hpp"
#include "snapshot/snapshot_service.hpp"
#include "unsealer/unsealer.hpp"

namespace gf::api {

/// What the routes serve: references to the daemon's collaborators.
struct Services {
  environment::Environment& environment;
  delivery::DeliveryService& deliveries;
  backup::BackupService& backups;
  backup::ClusterBackups& cluster_backups;
  snapshot::SnapshotService& snapshots;
  unsealer::Unsealer& unsealer;
  operation::Engine& operations;
  cluster::ClusterService& cluster;
  kube::CurrentKubeApi& kube;
  kube::Mirror& mirror;
  addon::AddonService& addons;
  deploy::DeployService& deploy;
  deploy::History& history;
  forward::ForwardService& forwards;
  sleep::Sleeper& sleeper;
  project::Registry& registry;
  container::Engine& engine;
  doctor::Doctor& doctor;
  page::Page& page;
  Feed& feed;
  WorkerPool& workers;
  FileSystem& files;
  Clock& clock;
  double started = 0;  ///< seconds since the epoch
  std::function<std::vector<std::string>()> warnings;
  std::function<void()> stop_daemon;
};

}  // namespace gf::api
