#include "api/answers.hpp"
#include "api/routes.hpp"

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
Task<> post_rollback(const Services& services, std::string project, std::string name, http::Responder& responder) {
  std::optional<Operation> operation;
  if (services.deploy.app(project, name).strategy != Strategy::rolling && services.deliveries.find(project, name)) {
    operation = services.deliveries.abort(project, name);
  } else {
    auto beginning = services.environment.roll_back(project, name);
    operation = co_await std::move(beginning);
  }
  auto answering = accepted(responder, std::move(*operation));
  co_await std::move(answering);
}

}  // namespace

void add_delivery_routes(const Services& services, Routes& routes) {
  const std::string app = "/v1/projects/{name}/apps/{app}/";
  routes.push_back({"POST", app + "deploy", [&services](http::RouteContext& context) {
                      body_of(context.request, {});
                      return post_deploy(services, context.captures[0], context.captures[1], context.responder);
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
                      body_of(context.request, {});
                      return post_rollback(services, context.captures[0], context.captures[1], context.responder);
                    }});
}

}  // namespace gf::api
