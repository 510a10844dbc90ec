#include "api/answers.hpp"
#include "api/routes.hpp"

namespace gf::api {

namespace {

Task<> get_backups(backup::BackupService& backups, std::string project, http::Responder& responder) {
  auto listing = backups.backups(std::move(project));
  Json body;
  body["backups"] = Json::array();
  for (const auto& one : co_await std::move(listing)) body["backups"].push_back(backup::to_json(one));
  auto answering = answer(responder, 200, std::move(body));
  co_await std::move(answering);
}

Task<> post_restore(backup::BackupService& backups, std::string project, const http::Request& request,
                    http::Responder& responder) {
  const auto body = body_of(request, {"addon", "at"});
  auto beginning = backups.restore(std::move(project), text_of(body, "addon"), text_of(body, "at", "latest"));
  auto operation = co_await std::move(beginning);
  auto answering = accepted(responder, std::move(operation));
  co_await std::move(answering);
}

Json schedule_json(const backup::BackupService& backups) {
  const auto& minute = backups.schedule().minute;
  Json body;
  body["at"] = minute ? backup::time_text(*minute) : std::string();
  body["cluster"] = backups.schedule().cluster;
  return body;
}

}  // namespace

void add_backup_routes(backup::BackupService& backups, Routes& routes) {
  routes.push_back({"GET", "/v1/projects/{name}/backups", [&backups](http::RouteContext& context) {
                      return get_backups(backups, context.captures[0], context.responder);
                    }});
  routes.push_back({"POST", "/v1/projects/{name}/backups", [&backups](http::RouteContext& context) {
                      const auto body = body_of(context.request, {"addons"});
                      return accepted(context.responder,
                                      backups.back_up(context.captures[0], texts_of(body, "addons")));
                    }});
  routes.push_back({"POST", "/v1/projects/{name}/restore", [&backups](http::RouteContext& context) {
                      return post_restore(backups, context.captures[0], context.request, context.responder);
                    }});
  routes.push_back({"GET", "/v1/backup-schedule", [&backups](http::RouteContext& context) {
                      return answer(context.responder, 200, schedule_json(backups));
                    }});
  routes.push_back({"PUT", "/v1/backup-schedule", [&backups](http::RouteContext& context) {
                      const auto body = body_of(context.request, {"at", "cluster"});
                      backups.set_schedule(text_of(body, "at"), flag_of(body, "cluster"));
                      return answer(context.responder, 200, schedule_json(backups));
                    }});
}

}  // namespace gf::api
