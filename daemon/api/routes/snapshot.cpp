#include "api/answers.hpp"
#include "api/routes.hpp"

namespace gf::api {

namespace {

Task<> get_snapshots(snapshot::SnapshotService& snapshots, http::Responder& responder) {
  auto listing = snapshots.snapshots();
  Json body;
  body["snapshots"] = Json::array();
  for (const auto& one : co_await std::move(listing)) body["snapshots"].push_back(snapshot::to_json(one));
  auto answering = answer(responder, 200, std::move(body));
  co_await std::move(answering);
}

}  // namespace

void add_snapshot_routes(snapshot::SnapshotService& snapshots, Routes& routes) {
  routes.push_back({"GET", "/v1/snapshots",
                    [&snapshots](http::RouteContext& context) { return get_snapshots(snapshots, context.responder); }});
  routes.push_back({"POST", "/v1/snapshots", [&snapshots](http::RouteContext& context) {
                      const auto body = body_of(context.request, {"name", "addons"});
                      return accepted(context.responder,
                                      snapshots.save(text_of(body, "name"), texts_of(body, "addons")));
                    }});
  routes.push_back({"POST", "/v1/snapshots/{name}/restore", [&snapshots](http::RouteContext& context) {
                      const auto body = body_of(context.request, {"addons"});
                      return accepted(context.responder,
                                      snapshots.restore(context.captures[0], texts_of(body, "addons")));
                    }});
  routes.push_back({"DELETE", "/v1/snapshots/{name}", [&snapshots](http::RouteContext& context) {
                      return accepted(context.responder, snapshots.remove(context.captures[0]));
                    }});
}

}  // namespace gf::api
