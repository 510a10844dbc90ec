#include "api/answers.hpp"
#include "api/routes.hpp"

namespace gf::api {

namespace {

Task<> get_backups(backup::ClusterBackups& backups, http::Responder& responder) {
  auto listing = backups.backups();
  Json body;
  body["backups"] = Json::array();
  for (const auto& one : co_await std::move(listing)) body["backups"].push_back(backup::to_json(one));
  auto answering = answer(responder, 200, std::move(body));
  co_await std::move(answering);
}

Task<> post_restore(backup::ClusterBackups& backups, std::string at, const http::Request& request,
                    http::Responder& responder) {
  const auto body = body_of(request, {"force"});
  auto beginning = backups.restore(std::move(at), flag_of(body, "force"));
  auto operation = co_await std::move(beginning);
  auto answering = accepted(responder, std::move(operation));
  co_await std::move(answering);
}

}  // namespace

void add_cluster_backup_routes(backup::ClusterBackups& backups, Routes& routes) {
  routes.push_back({"GET", "/v1/cluster-backups",
                    [&backups](http::RouteContext& context) { return get_backups(backups, context.responder); }});
  routes.push_back({"POST", "/v1/cluster-backups", [&backups](http::RouteContext& context) {
                      const auto body = body_of(context.request, {"full"});
                      return accepted(context.responder, backups.back_up(flag_of(body, "full")));
                    }});
  routes.push_back({"POST", "/v1/cluster-backups/{at}/restore", [&backups](http::RouteContext& context) {
                      return post_restore(backups, context.captures[0], context.request, context.responder);
                    }});
}

}  // namespace gf::api
