#include "api/answers.hpp"
#include "api/feed.hpp"
#include "api/routes.hpp"
#include "protocol/error.hpp"

namespace gf::api {

namespace {

Task<> stream_feed(Feed& feed, std::uint64_t after, bool follow, http::Responder& responder) {
  if (after > feed.last())
    throw Error(
        ErrorCode::bad_request,
        "cannot read on after event " + std::to_string(after) + ": the newest is " + std::to_string(feed.last()),
        "gf events --after 0 begins with the oldest that is kept");
  http::Response head;
  head.headers.set("Content-Type", "application/x-ndjson");
  auto beginning = responder.begin(std::move(head));
  co_await std::move(beginning);
  for (;;) {
    auto piece = feed.read(after);
    after = piece.last;
    if (!piece.lines.empty()) {
      auto writing = responder.write(std::move(piece.lines));
      co_await std::move(writing);
      continue;
    }
    if (!follow) break;
    auto waiting = feed.changed().wait();
    co_await std::move(waiting);
  }
  auto ending = responder.end();
  co_await std::move(ending);
}

bool follows(const http::Target& target) {
  const auto text = target.param("follow").value_or("true");
  if (text != "true" && text != "false")
    throw Error(ErrorCode::bad_request, "cannot read the request: 'follow' must be true or false");
  return text == "true";
}

}  // namespace

void add_event_route(Feed& feed, Routes& routes) {
  routes.push_back({"GET", "/v1/events", [&feed](http::RouteContext& context) {
                      const auto after = static_cast<std::uint64_t>(number_of(context.target, "after", 0, 0));
                      return stream_feed(feed, after, follows(context.target), context.responder);
                    }});
}

}  // namespace gf::api
