#pragma once
#include "api/services.hpp"
#include "http/router.hpp"

namespace gf::api {

/// The table of everything that the socket serves; docs/api.md describes it. `services` must outlive the handler.
http::Handler make_api(const Services& services);

using Routes = std::vector<http::Route>;
void add_daemon_routes(const Services& services, Routes& routes);
void add_event_route(Feed& feed, Routes& routes);
void add_operation_routes(operation::Engine& operations, Routes& routes);
void add_environment_routes(const Services& services, Routes& routes);
void add_project_routes(const Services& services, Routes& routes);
void add_delivery_routes(const Services& services, Routes& routes);
void add_backup_routes(backup::BackupService& backups, Routes& routes);
void add_cluster_backup_routes(backup::ClusterBackups& backups, Routes& routes);
void add_snapshot_routes(snapshot::SnapshotService& snapshots, Routes& routes);
void add_seal_routes(unsealer::Unsealer& unsealer, Routes& routes);
void add_sleep_routes(const Services& services, Routes& routes);
void add_verify_route(const Services& services, Routes& routes);
void add_exec_route(const Services& services, Routes& routes);
void add_connect_route(const Services& services, Routes& routes);

}  // namespace gf::api
