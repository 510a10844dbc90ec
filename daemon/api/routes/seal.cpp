#include "api/answers.hpp"
#include "api/routes.hpp"

namespace gf::api {

namespace {

Task<> get_certificate(unsealer::Unsealer& unsealer, http::Responder& responder) {
  auto asking = unsealer.certificate();
  auto certificate = co_await std::move(asking);
  Json body;
  body["certificate"] = std::move(certificate);
  auto answering = answer(responder, 200, std::move(body));
  co_await std::move(answering);
}

Task<> post_renew(unsealer::Unsealer& unsealer, const http::Request& request, http::Responder& responder) {
  auto body = body_of(request, {"sealed_secret"});
  if (!body.contains("sealed_secret") || !body["sealed_secret"].is_object())
    throw Error(ErrorCode::bad_request, "cannot seal anew: 'sealed_secret' must be a SealedSecret");
  auto renewing = unsealer.renew(std::move(body["sealed_secret"]));
  auto renewed = co_await std::move(renewing);
  Json whole;
  whole["sealed_secret"] = std::move(renewed);
  auto answering = answer(responder, 200, std::move(whole));
  co_await std::move(answering);
}

}  // namespace

void add_seal_routes(unsealer::Unsealer& unsealer, Routes& routes) {
  routes.push_back({"GET", "/v1/seal/certificate",
                    [&unsealer](http::RouteContext& context) { return get_certificate(unsealer, context.responder); }});
  routes.push_back({"POST", "/v1/seal/renew", [&unsealer](http::RouteContext& context) {
                      return post_renew(unsealer, context.request, context.responder);
                    }});
  routes.push_back({"POST", "/v1/seal/rotate", [&unsealer](http::RouteContext& context) {
                      body_of(context.request, {});
                      return accepted(context.responder, unsealer.rotate());
                    }});
}

}  // namespace gf::api
