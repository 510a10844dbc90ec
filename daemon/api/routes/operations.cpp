#include <charconv>

#include "api/answers.hpp"
#include "api/routes.hpp"

namespace gf::api {

namespace {

std::uint64_t number_in(const http::Target& target, const char* name) {
  const auto text = target.param(name);
  if (!text) return 0;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size())
    throw Error(ErrorCode::bad_request, std::string("cannot read the request: '") + name + "' must be a number");
  return value;
}

/// Replays, then follows; a slow reader waits alone.
Task<> stream_events(const Services& services, std::string id, std::uint64_t after, http::Responder& responder) {
  services.operations.get(id);
  http::Response head;
  head.headers.set("Content-Type", "application/x-ndjson");
  auto beginning = responder.begin(std::move(head));
  co_await std::move(beginning);
  for (;;) {
    auto waiting = services.operations.events(id, after);
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

void add_operation_routes(const Services& services, Routes& routes) {
  routes.push_back({"GET", "/v1/operations", [&services](http::RouteContext& context) {
                      Json body;
                      body["operations"] = Json::array();
                      for (const auto& one : services.operations.list()) body["operations"].push_back(to_json(one));
                      return answer(context.responder, 200, std::move(body));
                    }});
  routes.push_back({"GET", "/v1/operations/{id}", [&services](http::RouteContext& context) {
                      return answer(context.responder, 200, to_json(services.operations.get(context.captures[0])));
                    }});
  routes.push_back({"DELETE", "/v1/operations/{id}", [&services](http::RouteContext& context) {
                      services.operations.cancel(context.captures[0]);
                      return accepted(context.responder, services.operations.get(context.captures[0]));
                    }});
  routes.push_back({"GET", "/v1/operations/{id}/events", [&services](http::RouteContext& context) {
                      return stream_events(services, context.captures[0], number_in(context.target, "after"),
                                           context.responder);
                    }});
}

}  // namespace gf::api
