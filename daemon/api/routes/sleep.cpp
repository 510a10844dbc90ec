#include "api/answers.hpp"
#include "api/routes.hpp"

namespace gf::api {

namespace {

Task<> put_to_sleep(const Services& services, std::string member, http::Responder& responder) {
  auto laying = services.sleeper.put_to_sleep(member);
  co_await std::move(laying);
  Json body;
  body["asleep"] = std::move(member);
  auto answering = answer(responder, 200, std::move(body));
  co_await std::move(answering);
}

/// The app as the sleeper knows it. Throws Error(not_found).
std::string app_of(const Services& services, const http::RouteContext& context) {
  services.deploy.app(context.captures[0], context.captures[1]);
  return environment::Environment::forward_name(context.captures[0], context.captures[1]);
}

/// Throws Error(not_found).
std::string addon_of(const Services& services, const http::RouteContext& context) {
  const auto& name = context.captures[0];
  services.addons.catalogue().at(name);
  if (!services.addons.chosen().contains(name))
    throw Error(ErrorCode::not_found, "cannot find a running addon called '" + name + "': it is turned off",
                "gf addon enable " + name);
  return name;
}

using Find = std::string (*)(const Services& services, const http::RouteContext& context);

void add_pair(const Services& services, Routes& routes, const std::string& place, Find find) {
  routes.push_back({"POST", place + "/sleep", [&services, find](http::RouteContext& context) {
                      body_of(context.request, {});
                      return put_to_sleep(services, find(services, context), context.responder);
                    }});
  routes.push_back({"POST", place + "/wake", [&services, find](http::RouteContext& context) {
                      body_of(context.request, {});
                      return accepted(context.responder, services.environment.wake(find(services, context)));
                    }});
}

}  // namespace

void add_sleep_routes(const Services& services, Routes& routes) {
  add_pair(services, routes, "/v1/projects/{name}/apps/{app}", app_of);
  add_pair(services, routes, "/v1/addons/{name}", addon_of);
}

}  // namespace gf::api
