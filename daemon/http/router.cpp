#include "http/router.hpp"

#include <algorithm>

#include "protocol/error.hpp"

namespace gf::http {

namespace {

/// The values of the pattern's {names}, or nullopt when the path is another one.
std::optional<std::vector<std::string>> match(const std::vector<std::string>& pattern, const Target& target) {
  if (pattern.size() != target.segments.size()) return std::nullopt;
  std::vector<std::string> captures;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i].starts_with('{'))
      captures.push_back(target.segments[i]);
    else if (pattern[i] != target.segments[i])
      return std::nullopt;
  }
  return captures;
}

struct Compiled {
  Route route;
  std::vector<std::string> segments;
};

Task<> dispatch(std::shared_ptr<const std::vector<Compiled>> routes, const Request& request, Responder& responder) {
  const auto target = parse_target(request.target);
  std::string allowed;
  for (const auto& candidate : *routes) {
    auto captures = match(candidate.segments, target);
    if (!captures) continue;
    if (candidate.route.method != request.method) {
      allowed += (allowed.empty() ? "" : ", ") + candidate.route.method;
      continue;
    }
    RouteContext context{request, target, std::move(*captures), responder};
    co_await candidate.route.run(context);
    co_return;
  }
  if (allowed.empty())
    throw Error(ErrorCode::not_found, "cannot find '" + request.target + "'", "docs/api.md lists what there is");
  const Error error(ErrorCode::bad_request, "cannot " + request.method + " '" + request.target + "'",
                    "allowed: " + allowed);
  Response response;
  response.status = 405;
  response.headers.set("Allow", allowed);
  response.headers.set("Content-Type", "application/json");
  const Json body{{"error", to_json(error)}};
  response.body = dump(body) + "\n";
  co_await responder.respond(std::move(response));
}

}  // namespace

Handler make_router(std::vector<Route> routes) {
  auto compiled = std::make_shared<std::vector<Compiled>>();
  for (auto& route : routes) {
    auto segments = parse_target(route.pattern).segments;
    compiled->push_back({std::move(route), std::move(segments)});
  }
  return [compiled](const Request& request, Responder& responder) { return dispatch(compiled, request, responder); };
}

}  // namespace gf::http
