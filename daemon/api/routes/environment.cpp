#include <filesystem>

#include "addon/evidence.hpp"
#include "addon/volume_usage.hpp"
#include "api/answers.hpp"
#include "api/routes.hpp"
#include "api/status.hpp"

namespace gf::api {

namespace {

/// The project that a request is about: by its name, or by its checkout.
struct Told {
  std::string project, root;
};

std::string root_of(const Json& body) {
  const auto root = text_of(body, "root");
  if (!std::filesystem::path(root).is_absolute())
    throw Error(ErrorCode::bad_request, "cannot read the request: 'root' must be an absolute path");
  return root;
}

Told told_in(const Json& body) {
  Told told{text_of(body, "project"), {}};
  if (told.project.empty()) told.root = root_of(body);
  return told;
}

Task<> post_up(const Services& services, const http::Request& request, http::Responder& responder) {
  const auto body = body_of(request, {"root"});
  auto beginning = services.environment.up(root_of(body));
  auto operation = co_await std::move(beginning);
  auto answering = accepted(responder, std::move(operation));
  co_await std::move(answering);
}

Task<> post_down(const Services& services, const http::Request& request, http::Responder& responder) {
  const auto body = body_of(request, {"delete", "project", "root"});
  const bool remove = flag_of(body, "delete");
  Told told;
  if (body.contains("project") || body.contains("root")) told = told_in(body);
  const bool all = told.project.empty() && told.root.empty();
  if (remove && !all)
    throw Error(ErrorCode::bad_request, "cannot read the request: 'delete' is about the whole cluster",
                "leave 'project' and 'root' out, or POST /v1/purge");
  auto beginning = all ? services.environment.down_all(remove) : services.environment.down(told.project, told.root);
  auto operation = co_await std::move(beginning);
  auto answering = accepted(responder, std::move(operation));
  co_await std::move(answering);
}

Task<> post_purge(const Services& services, const http::Request& request, http::Responder& responder) {
  const auto body = body_of(request, {"project", "root"});
  auto told = told_in(body);
  auto beginning = services.environment.purge(std::move(told.project), std::move(told.root));
  auto operation = co_await std::move(beginning);
  auto answering = accepted(responder, std::move(operation));
  co_await std::move(answering);
}

Task<> post_reset(const Services& services, std::string project, std::string addon, http::Responder& responder) {
  auto beginning = services.environment.reset(std::move(project), std::move(addon));
  auto operation = co_await std::move(beginning);
  auto answering = accepted(responder, std::move(operation));
  co_await std::move(answering);
}

Task<> post_init(const Services& services, const http::Request& request, http::Responder& responder) {
  const auto body = body_of(request, {"root"});
  auto proposing = offload(services.workers, project::propose, root_of(body), services.environment.vocabulary());
  Json result;
  result["text"] = co_await std::move(proposing);
  result["path"] = (std::filesystem::path(root_of(body)) / "greenfield.yaml").string();
  auto answering = answer(responder, 200, std::move(result));
  co_await std::move(answering);
}

Task<> post_enable(const Services& services, std::string addon, Json body, http::Responder& responder) {
  auto enabling = services.environment.enable(std::move(addon), text_of(body, "profile"));
  const auto operation = co_await std::move(enabling);
  auto answering = accepted(responder, operation);
  co_await std::move(answering);
}

Task<> post_plan(const Services& services, std::string addon, Json body, http::Responder& responder) {
  auto describing = services.addons.describe_change(std::move(addon), text_of(body, "profile"));
  Json result;
  result["steps"] = co_await std::move(describing);
  auto answering = answer(responder, 200, std::move(result));
  co_await std::move(answering);
}

Json diagnosis_json(const addon::Diagnosis& told) {
  Json json;
  json["object"] = told.object;
  json["reason"] = told.reason;
  json["events"] = told.events;
  json["log"] = told.log;
  json["next"] = told.next;
  return json;
}

Json volume_json(const addon::VolumeUsage& volume) {
  Json json;
  json["claim"] = volume.claim;
  json["node"] = volume.node;
  json["free_bytes"] = volume.free_bytes;
  json["size_bytes"] = volume.size_bytes;
  json["full"] = volume.full();
  return json;
}

/// With the room on its volumes, and what holds it up when it is wanted and not ready.
Task<> get_addon(const Services& services, std::string name, http::Responder& responder) {
  auto body = addon_json(services, name);
  const auto state = body.value("state", "");
  body["volumes"] = Json::array();
  if (state == "starting" || state == "failed" || state == "ready" || state == "asleep") {
    auto measuring =
        addon::measure_volumes(services.kube, services.engine, services.clock, services.addons.catalogue().at(name));
    for (const auto& volume : co_await std::move(measuring)) body["volumes"].push_back(volume_json(volume));
  }
  if (state == "starting" || state == "failed") {
    auto examining =
        addon::examine(services.kube, services.mirror, services.clock, services.addons.catalogue().at(name));
    const auto told = co_await std::move(examining);
    if (told) body["diagnosis"] = diagnosis_json(*told);
  }
  auto answering = answer(responder, 200, std::move(body));
  co_await std::move(answering);
}

}  // namespace

void add_environment_routes(const Services& services, Routes& routes) {
  routes.push_back({"POST", "/v1/up", [&services](http::RouteContext& context) {
                      return post_up(services, context.request, context.responder);
                    }});
  routes.push_back({"POST", "/v1/down", [&services](http::RouteContext& context) {
                      return post_down(services, context.request, context.responder);
                    }});
  routes.push_back({"POST", "/v1/purge", [&services](http::RouteContext& context) {
                      return post_purge(services, context.request, context.responder);
                    }});
  routes.push_back({"POST", "/v1/projects/{name}/addons/{addon}/reset", [&services](http::RouteContext& context) {
                      body_of(context.request, {});
                      return post_reset(services, context.captures[0], context.captures[1], context.responder);
                    }});
  routes.push_back({"POST", "/v1/init", [&services](http::RouteContext& context) {
                      return post_init(services, context.request, context.responder);
                    }});
  routes.push_back({"GET", "/v1/addons", [&services](http::RouteContext& context) {
                      Json body;
                      body["addons"] = Json::array();
                      for (const auto& name : services.addons.catalogue().names())
                        body["addons"].push_back(addon_json(services, name));
                      return answer(context.responder, 200, std::move(body));
                    }});
  routes.push_back({"GET", "/v1/addons/{name}", [&services](http::RouteContext& context) {
                      return get_addon(services, context.captures[0], context.responder);
                    }});
  routes.push_back({"POST", "/v1/addons/{name}/enable", [&services](http::RouteContext& context) {
                      return post_enable(services, context.captures[0], body_of(context.request, {"profile"}),
                                         context.responder);
                    }});
  routes.push_back({"POST", "/v1/addons/{name}/plan", [&services](http::RouteContext& context) {
                      return post_plan(services, context.captures[0], body_of(context.request, {"profile"}),
                                       context.responder);
                    }});
  routes.push_back({"POST", "/v1/addons/{name}/disable", [&services](http::RouteContext& context) {
                      const auto body = body_of(context.request, {"cascade", "purge"});
                      return accepted(context.responder,
                                      services.environment.disable(context.captures[0], flag_of(body, "cascade"),
                                                                   flag_of(body, "purge")));
                    }});
}

}  // namespace gf::api
