#include "kube/http_kube_api.hpp"

#include <doctest/doctest.h>

#include <map>

#include "http/server.hpp"
#include "kube/base64.hpp"
#include "protocol/error.hpp"
#include "support/run_task.hpp"
#include "support/temporary_folder.hpp"
#include "support/tls_server.hpp"

// The API client against answers as a Kubernetes server gives them.
using namespace gf;
using gf::kube::HttpKubeApi;
using gf::test::run_task;

namespace {

const char* core_kinds = R"({"kind":"APIResourceList","groupVersion":"v1","resources":[
  {"name":"namespaces","singularName":"namespace","namespaced":false,"kind":"Namespace","verbs":["get"]},
  {"name":"pods","namespaced":true,"kind":"Pod","verbs":["get"]},
  {"name":"pods/log","namespaced":true,"kind":"Pod","verbs":["get"]},
  {"name":"secrets","namespaced":true,"kind":"Secret","verbs":["get"]}]})";
const char* not_found =
    R"({"kind":"Status","apiVersion":"v1","status":"Failure","message":"pods \"x\" not found","reason":"NotFound",
"details":{"name":"x","kind":"pods"},"code":404})";
const char* refused =
    R"({"kind":"Status","apiVersion":"v1","status":"Failure","message":"Secret \"s\" is invalid: data: too long",
"reason":"Invalid","code":422})";

struct Fixture {
  struct Answer {
    int status;
    std::string body;
  };
  net::io_context io;
  SystemClock clock;
  test::TemporaryFolder folder;
  std::map<std::string, Answer> answers{{"GET /api/v1", {200, core_kinds}}, {"GET /apis/none/v1", {404, "{}"}}};
  std::vector<http::Request> asked;
  int busy = 0;  ///< so many requests are to be asked again
  std::unique_ptr<http::Server> server;
  std::unique_ptr<HttpKubeApi> api;

  Fixture() {
    kube::Access access;
    access.endpoint.unix_path = (folder.path() / "socket").string();
    server = std::make_unique<http::Server>(
        io.get_executor(), access.endpoint.unix_path,
        [this](const http::Request& request, http::Responder& responder) { return answer(request, responder); });
    server->start();
    api = std::make_unique<HttpKubeApi>(io.get_executor(), access, clock);
  }
  ~Fixture() {
    api.reset();
    if (server) run_task(io, server->stop());
  }
  Task<> answer(const http::Request& request, http::Responder& responder) {
    asked.push_back(request);
    if (busy > 0) {
      --busy;
      http::Response later;
      later.status = 429;
      co_await responder.respond(std::move(later));
      co_return;
    }
    const auto found = answers.find(request.method + ' ' + request.target);
    http::Response response;
    response.status = found == answers.end() ? 500 : found->second.status;
    response.body = found == answers.end() ? "nobody expected " + request.target : found->second.body;
    co_await responder.respond(std::move(response));
  }
  template <class T>
  T run(Task<T> task) {
    return run_task(io, std::move(task));
  }
  /// The error that `call` ends with.
  Error error_of(const std::function<void()>& call) {
    try {
      call();
    } catch (const Error& error) {
      return error;
    }
    FAIL("no error");
    return Error(ErrorCode::internal, "");
  }
};

Json secret() {
  Json object;
  object["apiVersion"] = "v1";
  object["kind"] = "Secret";
  object["metadata"]["name"] = "s";
  object["metadata"]["namespace"] = "shop";
  return object;
}

}  // namespace

TEST_CASE("kube: what is not there is nothing, not an error; kinds are asked for once") {
  Fixture f;
  f.answers["GET /api/v1/namespaces/shop/pods/x"] = {404, not_found};
  f.answers["GET /api/v1/namespaces/shop/pods/y"] = {200, R"({"metadata":{"name":"y"}})"};
  f.answers["DELETE /api/v1/namespaces/shop/pods/x?propagationPolicy=Background"] = {404, not_found};
  CHECK_FALSE(f.run(f.api->get("v1", "Pod", "shop", "x")));
  CHECK(f.run(f.api->get("v1", "Pod", "shop", "y"))->at("metadata")["name"] == "y");
  run_task(f.io, f.api->remove("v1", "Pod", "shop", "x"));
  CHECK(std::ranges::count(f.asked, "/api/v1", &http::Request::target) == 1);
}

TEST_CASE("kube: lists tell what their items are, in one namespace, in all, or by labels") {
  Fixture f;
  const auto* list = R"({"kind":"PodList","metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"y"}}]})";
  for (const char* path : {"/api/v1/pods", "/api/v1/namespaces/shop/pods?labelSelector=a%3Db%2Cc"})
    f.answers[std::string("GET ") + path] = {200, list};
  CHECK(f.run(f.api->list("v1", "Pod", "", ""))[0]["kind"] == "Pod");
  CHECK(f.run(f.api->list("v1", "Pod", "shop", "a=b,c")).size() == 1);
}

TEST_CASE("kube: apply is server-side and forced; create tells of one that exists; patches have their kind") {
  Fixture f;
  f.answers["PATCH /api/v1/namespaces/shop/secrets/s?fieldManager=greenfield&force=true"] = {201, "{\"stored\":1}"};
  f.answers["POST /api/v1/namespaces/shop/secrets?fieldManager=greenfield"] = {409, R"({"reason":"AlreadyExists"})"};
  f.answers["PATCH /api/v1/namespaces/shop/pods/y/status"] = {200, "{}"};
  f.answers["PATCH /api/v1/namespaces/shop/secrets/s"] = {200, "{}"};
  CHECK(f.run(f.api->apply(secret()))["stored"] == 1);
  CHECK(f.asked.back().headers.get("Content-Type") == "application/apply-patch+yaml");
  CHECK(Json::parse(f.asked.back().body) == secret());
  CHECK_FALSE(f.run(f.api->create(secret())));
  f.run(f.api->patch("v1", "Pod", "shop", "y", "status", Json::object()));
  CHECK(f.asked.back().headers.get("Content-Type") == "application/strategic-merge-patch+json");
  f.run(f.api->patch("v1", "Secret", "shop", "s", "", Json::object()));
  CHECK(f.asked.back().headers.get("Content-Type") == "application/merge-patch+json");
}

TEST_CASE("kube: a refusal has the server's words; an unknown kind is named; logs of a pod that is gone too") {
  Fixture f;
  f.answers["PATCH /api/v1/namespaces/shop/secrets/s?fieldManager=greenfield&force=true"] = {422, refused};
  f.answers["GET /api/v1/namespaces/shop/pods/x/log?container=api&tailLines=5"] = {404, not_found};
  auto error = f.error_of([&] { f.run(f.api->apply(secret())); });
  CHECK(error.message() == "cannot apply Secret shop/s: the cluster answered 422");
  CHECK(error.cause() == "Secret \"s\" is invalid: data: too long");
  kube::LogRequest wanted{"shop", "x", "api"};
  wanted.tail = 5;
  error = f.error_of([&] { f.run(f.api->logs(wanted)); });
  CHECK(error.code() == ErrorCode::not_found);
  CHECK(error.cause() == "pods \"x\" not found");
  for (const char* group : {"v1", "none/v1"}) {
    error = f.error_of([&] { f.run(f.api->get(group, "Unicorn", "shop", "x")); });
    CHECK(error.message().find("cannot find the kind Unicorn") == 0);
  }
}

TEST_CASE("kube: what of a log is wanted stands in the request") {
  Fixture f;
  f.answers["GET /api/v1/namespaces/shop/pods/x/log?container=api&follow=true&sinceSeconds=300&timestamps=true"] = {
      200, "2026-11-24T22:49:22.5Z one\n"};
  kube::LogRequest wanted{"shop", "x", "api"};
  wanted.follow = wanted.timestamps = true;
  wanted.since = 300;
  const auto stream = run_task(f.io, f.api->logs(wanted));
  CHECK(run_task(f.io, stream->read_line()) == "2026-11-24T22:49:22.5Z one");
}

TEST_CASE("kube: a server that is busy is asked again") {
  Fixture fixture;
  fixture.answers["GET /api/v1/namespaces/x"] = {200, R"({"metadata": {"name": "x"}})"};
  fixture.busy = 1;  // when asked for its kinds
  CHECK(run_task(fixture.io, fixture.api->get("v1", "Namespace", "", "x")));
  CHECK(fixture.asked.size() == 3);
  fixture.busy = 1;
  fixture.asked.clear();
  CHECK(run_task(fixture.io, fixture.api->get("v1", "Namespace", "", "x")));
  CHECK(fixture.asked.size() == 2);
}

TEST_CASE("kube: a server that is gone is told as such") {
  Fixture f;
  CHECK_FALSE(f.run(f.api->ready()));
  f.answers["GET /readyz"] = {200, "ok"};
  CHECK(f.run(f.api->ready()));
  run_task(f.io, std::exchange(f.server, nullptr)->stop());
  CHECK(f.error_of([&] { f.run(f.api->ready()); }).code() == ErrorCode::cluster_unavailable);
  CHECK(f.error_of([&] { f.run(f.api->get("v1", "Pod", "shop", "x")); }).code() == ErrorCode::cluster_unavailable);
}

TEST_CASE("kube: by a kubeconfig over TLS: our certificate opens, a foreign authority on either side does not") {
  net::io_context io;
  SystemClock clock;
  test::Certificates certificates;
  for (const char* authority : {"ours", "another"}) certificates.authority(authority);
  certificates.issue("server", "ours");
  certificates.issue("ann", "ours");
  certificates.issue("stranger", "another");
  test::TlsServer server(io.get_executor(), certificates, "server", "ours");
  const auto ready = [&](const std::string& authority, const std::string& user) {
    const auto data = [&](const std::string& file) { return kube::base64_encode(certificates.text(file)); };
    const auto access = kube::access_from_kubeconfig(
        "current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\nclusters: [{name: k, cluster: "
        "{server: 'https://127.0.0.1:" +
        std::to_string(server.port()) + "', certificate-authority-data: " + data(authority + ".pem") +
        "}}]\nusers: [{name: u, user: {client-certificate-data: " + data(user + ".pem") +
        ", client-key-data: " + data(user + ".key") + "}}]\n");
    HttpKubeApi api(io.get_executor(), access, clock);
    return run_task(io, api.ready());
  };
  CHECK(ready("ours", "ann"));
  CHECK_THROWS_AS(ready("another", "ann"), Error);
  CHECK_THROWS_AS(ready("ours", "stranger"), Error);
  run_task(io, server.stop());
}

TEST_CASE("kube: kinds that can be listed and created, each once; a group without its server is left out") {
  Fixture f;
  f.answers["GET /api/v1"] = {200, R"({"resources":[
    {"name":"secrets","kind":"Secret","namespaced":true,"verbs":["create","get","list"]},
    {"name":"componentstatuses","kind":"ComponentStatus","namespaced":false,"verbs":["get","list"]},
    {"name":"pods/log","kind":"Pod","namespaced":true,"verbs":["create","list"]}]})"};
  f.answers["GET /apis"] = {200, R"({"groups":[
    {"versions":[{"groupVersion":"shop.io/v2"},{"groupVersion":"shop.io/v1"}],
     "preferredVersion":{"groupVersion":"shop.io/v1"}},
    {"versions":[{"groupVersion":"gone.io/v1"}],"preferredVersion":{"groupVersion":"gone.io/v1"}}]})"};
  const auto both = R"({"resources":[{"name":"orders","kind":"Order","verbs":["create","list"]}]})";
  f.answers["GET /apis/shop.io/v1"] = {200, both};
  f.answers["GET /apis/shop.io/v2"] = {200, both};
  f.answers["GET /apis/gone.io/v1"] = {503, "{}"};
  std::vector<std::string> found;
  for (const auto& one : f.run(f.api->kinds())) found.push_back(one.api_version + ' ' + one.kind);
  CHECK(found == std::vector<std::string>{"v1 Secret", "shop.io/v1 Order"});
}
