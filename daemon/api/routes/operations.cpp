#include "api/answers.hpp"
#include "api/routes.hpp"

namespace gf::api {

namespace {

/// Replays, then follows; a slow reader waits alone.
Task<> stream_events(operation::Engine& operations, std::string id, std::uint64_t after, http::Responder& responder) {
  operations.get(id);
  http::Response head;
  head.headers.set("Content-Type", "application/x-ndjson");
  auto beginning = responder.begin(std::move(head));
  co_await std::move(beginning);
  for (;;) {
    auto waiting = operations.events(id, after);
    const auto events = co_await std::move(waiting);
    if (events.empty()) break;
    std::string lines;
    for (const auto& event : events) lines += dump(to_json(event)) + '\n';
    after = events.back().seq;
    auto writing = responder.write(std::move(lines));
    co_await std::move(writing);
  }
  auto ending = responder.end();
  co_await std::move(ending);
}

}  // namespace

void add_operation_routes(operation::Engine& operations, Routes& routes) {
  routes.push_back({"GET", "/v1/operations", [&operations](http::RouteContext& context) {
                      Json body;
                      body["operations"] = Json::array();
                      for (const auto& one : operations.list()) body["operations"].push_back(to_json(one));
                      return answer(context.responder, 200, std::move(body));
                    }});
  routes.push_back({"GET", "/v1/operations/{id}", [&operations](http::RouteContext& context) {
                      return answer(context.responder, 200, to_json(operations.get(context.captures[0])));
                    }});
  routes.push_back({"DELETE", "/v1/operations/{id}", [&operations](http::RouteContext& context) {
                      operations.cancel(context.captures[0]);
                      return accepted(context.responder, operations.get(context.captures[0]));
                    }});
  routes.push_back({"GET", "/v1/operations/{id}/events", [&operations](http::RouteContext& context) {
                      return stream_events(operations, context.captures[0],
                                           static_cast<std::uint64_t>(number_of(context.target, "after", 0, 0)),
                                           context.responder);
                    }});
}

}  // namespace gf::api
