#include "http/client.hpp"
#include "support/run_task.hpp"
#include "support/tls_server.hpp"

// The client against a real TLS server that wants a certificate of the client too.
using namespace gf;
using gf::test::run_task;

namespace {

struct Fixture {
  net::io_context io;
  test::Certificates certificates;
  std::unique_ptr<test::TlsServer> server;

  Fixture() {
    for (const char* authority : {"ours", "another"}) certificates.authority(authority);
    certificates.issue("server", "ours");
    certificates.issue("ann", "ours");
    certificates.issue("stranger", "another");
    server = std::make_unique<test::TlsServer>(io.get_executor(), certificates, "server", "ours");
  }
  ~Fixture() { run_task(io, server->stop()); }

  http::Tls tls(const std::string& authority, const std::string& client) const {
    http::Tls with;
    with.ca = certificates.text(authority + ".pem");
    if (!client.empty()) {
      with.certificate = certificates.text(client + ".pem");
      with.key = certificates.text(client + ".key");
    }
    return with;
  }
  http::Response ask(http::Tls with, int times = 1) {
    http::Endpoint endpoint;
    endpoint.host = "127.0.0.1";
    endpoint.port = server->port();
    endpoint.tls = std::move(with);
    http::Client client(io.get_executor(), std::move(endpoint));
    http::Request request;
    request.target = "/";
    http::Response answer;
    for (; times > 0; --times) answer = run_task(io, client.send(request));
    return answer;
  }
};

}  // namespace

TEST_CASE("tls: a server of our authority is accepted and accepts our certificate; the connection is used again") {
  Fixture f;
  const auto answer = f.ask(f.tls("ours", "ann"), 3);
  CHECK(answer.status == 200);
  CHECK(answer.body == "ann");
  CHECK(f.server->handshakes() == 1);
}

TEST_CASE("tls: a server of another authority is refused before anything is said") {
  Fixture f;
  CHECK_THROWS_AS(f.ask(f.tls("another", "ann")), boost::system::system_error);
  CHECK(f.server->handshakes() == 0);
}

TEST_CASE("tls: a server whose certificate names another host is refused, one that names it is not") {
  Fixture f;
  auto named = f.tls("ours", "ann");
  named.server_name = "node.test";
  CHECK(f.ask(named).body == "ann");
  for (const char* other : {"other.test", "127.0.0.2"}) {
    CAPTURE(other);
    named.server_name = other;
    CHECK_THROWS_AS(f.ask(named), boost::system::system_error);
  }
}

TEST_CASE("tls: without a certificate of ours, or with a stranger's, there is no answer") {
  Fixture f;
  CHECK_THROWS_AS(f.ask(f.tls("ours", "")), boost::system::system_error);
  CHECK_THROWS_AS(f.ask(f.tls("ours", "stranger")), boost::system::system_error);
  CHECK(f.server->handshakes() == 0);
}
