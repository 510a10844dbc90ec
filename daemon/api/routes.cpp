#include "api/routes.hpp"

namespace gf::api {

http::Handler make_api(const Services& services) {
  Routes routes;
  add_daemon_routes(services, routes);
  add_event_route(services.feed, routes);
  add_operation_routes(services.operations, routes);
  add_environment_routes(services, routes);
  add_project_routes(services, routes);
  add_delivery_routes(services, routes);
  add_backup_routes(services.backups, routes);
  add_cluster_backup_routes(services.cluster_backups, routes);
  add_snapshot_routes(services.snapshots, routes);
  add_seal_routes(services.unsealer, routes);
  add_sleep_routes(services, routes);
  add_verify_route(services, routes);
  add_exec_route(services, routes);
  add_connect_route(services, routes);
  return http::make_router(std::move(routes));
}

}  // namespace gf::api
