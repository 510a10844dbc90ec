#include <algorithm>

#include "api/answers.hpp"
#include "api/routes.hpp"

namespace gf::api {

namespace {

constexpr std::size_t named_files = 20;  ///< of each replica; the others are counted

Json verdict_json(const deploy::Verdict& verdict) {
  Json json;
  json["pod"] = verdict.pod;
  json["node"] = verdict.node;
  json["state"] = deploy::name(verdict.state);
  json["reason"] = verdict.reason;
  json["tree"] = verdict.tree.substr(0, 12);
  json["files"] = Json::array();
  const auto named = std::min(named_files, verdict.files.size());
  for (std::size_t i = 0; i < named; ++i) {
    Json file;
    file["path"] = verdict.files[i].place;
    file["drift"] = deploy::name(verdict.files[i].drift);
    json["files"].push_back(std::move(file));
  }
  json["more"] = verdict.files.size() - named;
  return json;
}

Task<> post_verify(const Services& services, std::string project, std::string name, bool repair,
                   http::Responder& responder) {
  const auto app = services.deploy.app(project, name);
  const auto lease = services.sleeper.use(environment::Environment::forward_name(project, name));
  std::vector<deploy::Verdict> verdicts;
  if (deploy::syncs(app)) {
    auto verifying = services.deploy.verify(project, name, repair);
    verdicts = co_await std::move(verifying);
  }
  Json body;
  body["app"] = name;
  body["syncs"] = deploy::syncs(app);
  body["identical"] = std::ranges::all_of(verdicts, &deploy::Verdict::is_identical);
  body["replicas"] = Json::array();
  for (const auto& verdict : verdicts) body["replicas"].push_back(verdict_json(verdict));
  auto answering = answer(responder, 200, std::move(body));
  co_await std::move(answering);
}

}  // namespace

void add_verify_route(const Services& services, Routes& routes) {
  routes.push_back({"POST", "/v1/projects/{name}/apps/{app}/verify", [&services](http::RouteContext& context) {
                      const auto body = body_of(context.request, {"repair"});
                      return post_verify(services, context.captures[0], context.captures[1], flag_of(body, "repair"),
                                         context.responder);
                    }});
}

}  // namespace gf::api
