#include "page/page.hpp"

#include "http/router.hpp"
#include "protocol/error.hpp"

namespace gf::page {

namespace {

constexpr const char* dashboards = "addons/grafana/manifests/base/dashboards";

std::string type_of(const std::string& file) {
  for (const auto& [ending, type] :
       {std::pair(".html", "text/html; charset=utf-8"), std::pair(".js", "text/javascript; charset=utf-8"),
        std::pair(".css", "text/css; charset=utf-8"), std::pair(".json", "application/json")})
    if (file.ends_with(ending)) return type;
  return "text/plain; charset=utf-8";
}

http::Response response_of(std::string type, std::string body) {
  http::Response response;
  response.headers.set("Content-Type", std::move(type));
  response.headers.set("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'; form-action 'none'");
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("Referrer-Policy", "no-referrer");
  response.headers.set("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

/// "/data/metrics/query_range?query=up" → "?query=up".
std::string query_of(const http::Request& request) {
  const auto at = request.target.find('?');
  return at == std::string::npos ? std::string() : request.target.substr(at);
}

}  // namespace

Page::Page(Collaborators with, std::filesystem::path share)
    : with_(std::move(with)), share_(std::move(share)), access_(with_.clock) {}

std::string Page::open(const std::string& view) {
  if (view != "metrics" && view != "traces")
    throw Error(ErrorCode::bad_request, "cannot open '" + view + "'", "there are metrics and traces");
  address_of(view == "metrics" ? "prometheus" : "jaeger");
  if (!server_) {
    server_ = std::make_unique<http::Server>(with_.executor, routes());
    server_->start();
  }
  return "http://127.0.0.1:" + std::to_string(server_->port()) + "/#" + view + "?code=" + access_.new_code();
}

Task<> Page::stop() {
  if (!server_) co_return;
  auto stopping = server_->stop();
  co_await std::move(stopping);
}

http::Endpoint Page::address_of(const std::string& endpoint) const {
  http::Endpoint address;
  address.host = "127.0.0.1";
  address.port = with_.port_of(endpoint);
  if (address.port == 0)
    throw Error(ErrorCode::not_found, "cannot show this: " + endpoint + " is off", "gf addon enable " + endpoint);
  return address;
}

Task<> Page::send_file(std::filesystem::path folder, std::string name, http::Responder& responder) {
  // A '/' in a segment of the path comes decoded; it leads nowhere.
  const bool plain = name.find('/') == std::string::npos && !name.starts_with('.');
  auto text = plain ? with_.files.read(share_ / folder / name) : std::nullopt;
  if (!text) throw Error(ErrorCode::not_found, "cannot find '" + name + "'");
  auto response = response_of(type_of(name), std::move(*text));
  auto responding = responder.respond(std::move(response));
  co_await std::move(responding);
}

Task<> Page::send_dashboards(http::Responder& responder) {
  Json names = Json::array();
  for (const auto& file : with_.files.list(share_ / dashboards)) names.push_back(file.filename().string());
  auto response = response_of("application/json", dump(names));
  auto responding = responder.respond(std::move(response));
  co_await std::move(responding);
}

Task<> Page::begin_session(const http::Request& request, http::Responder& responder) {
  const auto token = access_.redeem(request.body);
  if (!token)
    throw Error(ErrorCode::forbidden, "cannot show this: the address was used, or is older than a minute",
                "gf open metrics");
  auto response = response_of("text/plain", *token);
  auto responding = responder.respond(std::move(response));
  co_await std::move(responding);
}

Task<> Page::ask(const http::Request& request, std::string endpoint, std::string path, http::Responder& responder) {
  if (!access_.admits(request.headers.get("Authorization").value_or("")))
    throw Error(ErrorCode::forbidden, "cannot show this: the daemon does not know this tab", "gf open metrics");
  http::Client client(with_.executor, address_of(endpoint));
  http::Request question;
  question.target = path + query_of(request);
  http::Response found;
  try {
    auto sending = client.send(std::move(question));
    found = co_await std::move(sending);
  } catch (const boost::system::system_error& error) {
    if (error.code() == net::error::operation_aborted) throw;
    throw Error(ErrorCode::addon_failed, "cannot reach " + endpoint, "gf addon status " + endpoint,
                error.code().message());
  }
  auto answer = response_of("application/json", std::move(found.body));
  answer.status = found.status;
  auto responding = responder.respond(std::move(answer));
  co_await std::move(responding);
}

http::Handler Page::routes() {
  std::vector<http::Route> all;
  const auto get = [&all](std::string pattern, std::function<Task<>(http::RouteContext&)> run) {
    all.push_back({"GET", std::move(pattern), std::move(run)});
  };
  get("/", [this](auto& context) { return send_file("web", "index.html", context.responder); });
  get("/dashboards", [this](auto& context) { return send_dashboards(context.responder); });
  for (const auto& [path, folder] :
       {std::pair("/web/", "web"), std::pair("/web/vendor/", "web/vendor"), std::pair("/dashboards/", dashboards)})
    get(std::string(path) + "{file}",
        [this, folder](auto& context) { return send_file(folder, context.captures[0], context.responder); });
  all.push_back(
      {"POST", "/session", [this](auto& context) { return begin_session(context.request, context.responder); }});
  // What the page may ask, and no more.
  for (const char* what : {"query", "query_range"})
    get(std::string("/data/metrics/") + what, [this, what](auto& context) {
      return ask(context.request, "prometheus", std::string("/api/v1/") + what, context.responder);
    });
  get("/data/metrics/values/{label}", [this](auto& context) {
    return ask(context.request, "prometheus", "/api/v1/label/" + http::percent_encode(context.captures[0]) + "/values",
               context.responder);
  });
  get("/data/traces/services",
      [this](auto& context) { return ask(context.request, "jaeger", "/api/services", context.responder); });
  get("/data/traces/search",
      [this](auto& context) { return ask(context.request, "jaeger", "/api/traces", context.responder); });
  get("/data/traces/one/{id}", [this](auto& context) {
    return ask(context.request, "jaeger", "/api/traces/" + http::percent_encode(context.captures[0]),
               context.responder);
  });
  return http::make_router(std::move(all));
}

}  // namespace gf::page
