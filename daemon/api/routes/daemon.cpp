#include <unistd.h>

#include "api/answers.hpp"
#include "api/routes.hpp"
#include "api/status.hpp"
#include "core/digest.hpp"

namespace gf::api {

namespace {

Json check_json(const doctor::Check& check) {
  const char* states[] = {"ok", "warning", "error"};
  Json json;
  json["name"] = check.name;
  json["state"] = states[static_cast<int>(check.state)];
  json["summary"] = check.summary;
  json["cost"] = check.cost;
  json["repair"] = check.repair;
  json["fixable"] = !check.fix.empty();
  return json;
}

/// Of a project whose folder is not there any more.
doctor::Check gone_check(const project::Registration& project) {
  doctor::Check check;
  check.name = "checkout of " + project.name;
  check.state = doctor::State::warning;
  check.summary = project.root + " is not there any more";
  check.cost = "what it has in the cluster stays: its apps, its namespace, its data in the addons";
  check.repair = "gf down --purge --project " + project.name;
  return check;
}

Task<> get_doctor(const Services& services, http::Responder& responder) {
  auto examining = services.doctor.examine();
  const auto checks = co_await std::move(examining);
  Json body;
  body["checks"] = Json::array();
  for (const auto& check : checks) body["checks"].push_back(check_json(check));
  for (const auto& one : services.registry.all())
    if (!one.living()) body["checks"].push_back(check_json(gone_check(one)));
  auto answering = answer(responder, 200, std::move(body));
  co_await std::move(answering);
}

Task<> post_fix(const Services& services, const http::Request& request, http::Responder& responder) {
  const auto body = body_of(request, {"names"});
  auto names = texts_of(body, "names");
  auto fixing = services.doctor.fix(std::move(names));
  const auto results = co_await std::move(fixing);
  Json result;
  result["fixed"] = Json::array();
  result["failed"] = Json::array();
  for (const auto& [name, why] : results) {
    if (why.empty()) {
      result["fixed"].push_back(name);
      continue;
    }
    Json one;
    one["name"] = name;
    one["reason"] = why;
    result["failed"].push_back(std::move(one));
  }
  auto answering = answer(responder, 200, std::move(result));
  co_await std::move(answering);
}

Task<> post_page(const Services& services, const http::Request& request, http::Responder& responder) {
  const auto body = body_of(request, {"view"});
  Json result;
  result["url"] = services.page.open(text_of(body, "view"));
  auto answering = answer(responder, 200, std::move(result));
  co_await std::move(answering);
}

Task<> get_kubeconfig(const Services& services, http::Responder& responder) {
  auto reading = services.cluster.kubeconfig();
  Json body;
  body["kubeconfig"] = co_await std::move(reading);
  auto answering = answer(responder, 200, std::move(body));
  co_await std::move(answering);
}

Task<> post_stop(const Services& services, http::Responder& responder) {
  auto answering = answer(responder, 202, Json::object());
  co_await std::move(answering);
  services.stop_daemon();
}

}  // namespace

void add_daemon_routes(const Services& services, Routes& routes) {
  routes.push_back({"GET", "/v1/version", [&services](http::RouteContext& context) {
                      Json body;
                      body["version"] = GF_VERSION;
                      body["pid"] = ::getpid();
                      body["started"] = services.started;
                      return answer(context.responder, 200, std::move(body));
                    }});
  routes.push_back({"GET", "/v1/status", [&services](http::RouteContext& context) {
                      return answer(context.responder, 200, status(services));
                    }});
  routes.push_back({"GET", "/v1/doctor",
                    [&services](http::RouteContext& context) { return get_doctor(services, context.responder); }});
  routes.push_back({"POST", "/v1/doctor/fix", [&services](http::RouteContext& context) {
                      return post_fix(services, context.request, context.responder);
                    }});
  routes.push_back({"GET", "/v1/kubeconfig",
                    [&services](http::RouteContext& context) { return get_kubeconfig(services, context.responder); }});
  routes.push_back({"POST", "/v1/pages", [&services](http::RouteContext& context) {
                      return post_page(services, context.request, context.responder);
                    }});
  routes.push_back({"POST", "/v1/daemon/stop",
                    [&services](http::RouteContext& context) { return post_stop(services, context.responder); }});
}

}  // namespace gf::api
