#pragma once
#include <string>
#include <vector>

#include "http/server.hpp"

namespace gf::http {

/// What a route gets: the request, its decoded target, and the values of the pattern's {names} in order.
struct RouteContext {
  const Request& request;
  const Target& target;
  std::vector<std::string> captures;
  Responder& responder;
};

struct Route {
  std::string method;
  std::string pattern;  ///< "/v1/operations/{id}/events"
  std::function<Task<>(RouteContext&)> run;
};

/// A handler that dispatches over `routes`: unknown path → not_found, known path with another method → 405 with Allow.
Handler make_router(std::vector<Route> routes);

}  // namespace gf::http
