#include <algorithm>

#include "api/answers.hpp"
#include "api/routes.hpp"
#include "protocol/error.hpp"

namespace gf::api {

namespace {

Task<> post_deploy(const Services& services, std::string project, std::string name, http::Responder& responder) {
  const auto app = services.deploy.app(project, name);
  std::optional<Operation> operation;
  if (app.strategy == Strategy::rolling) {
    auto beginning = services.environment.deploy(project, name);
    operation = co_await std::move(beginning);
  } else {
    operation = services.deliveries.deploy(project, name, app.strategy, app.canary);
  }
  auto answering = accepted(responder, std::move(*operation));
  co_await std::move(answering);
}

/// From a version that is under way to the stable one, else from that to the one before.
Task<> post_rollback(const Services& services, std::string project, std::string name, std::string to,
                     http::Responder& responder) {
  std::optional<Operation> operation;
  if (services.deploy.app(project, name).strategy != Strategy::rolling && services.deliveries.find(project, name)) {
    if (!to.empty())
      throw Error(ErrorCode::conflict, "cannot roll " + name + " back to " + to + ": a new version is under way",
                  "gf abort " + name + ", then again");
    operation = services.deliveries.abort(project, name);
  } else {
    auto beginning = services.environment.roll_back(project, name, std::move(to));
    operation = co_await std::move(beginning);
  }
  auto answering = accepted(responder, std::move(*operation));
  co_await std::move(answering);
}

Json history_json(const Services& services, const std::string& project, const std::string& app) {
  services.deploy.app(project, app);
  const auto versions = services.history.versions(project, app);
  Json json;
  json["app"] = app;
  json["versions"] = Json::array();
  for (std::size_t i = 0; i < std::min(versions.size(), deploy::shown_versions); ++i)
    json["versions"].push_back(deploy::to_json(versions[i]));
  return json;
}

}  // namespace

void add_delivery_routes(const Services& services, Routes& routes) {
  const std::string app = "/v1/projects/{name}/apps/{app}/";
  routes.push_back({"POST", app + "deploy", [&services](http::RouteContext& context) {
                      body_of(context.request, {});
                      return post_deploy(services, context.captures[0], context.captures[1], context.responder);
                    }});
  routes.push_back({"GET", app + "history", [&services](http::RouteContext& context) {
                      return answer(context.responder, 200,
                                    history_json(services, context.captures[0], context.captures[1]));
                    }});
  routes.push_back({"POST", app + "promote", [&services](http::RouteContext& context) {
                      body_of(context.request, {});
                      return accepted(context.responder,
                                      services.deliveries.promote(context.captures[0], context.captures[1]));
                    }});
  routes.push_back({"POST", app + "abort", [&services](http::RouteContext& context) {
                      body_of(context.request, {});
                      return accepted(context.responder,
                                      services.deliveries.abort(context.captures[0], context.captures[1]));
                    }});
  routes.push_back({"POST", app + "rollback", [&services](http::RouteContext& context) {
                      const auto body = body_of(context.request, {"to"});
                      return post_rollback(services, context.captures[0], context.captures[1], text_of(body, "to"),
                                           context.responder);
                    }});
}

}  // namespace gf::api
