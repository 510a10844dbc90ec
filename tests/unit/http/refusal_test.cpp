#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "http/client.hpp"
#include "http/server.hpp"
#include "protocol/error.hpp"
#include "support/run_task.hpp"
#include "support/temporary_folder.hpp"

// Whom and what the server does not take, and that they hear why.
using namespace gf;
using gf::test::run_task;

namespace {

constexpr uid_t nobody = 65534;

http::Request request(std::string method = "GET", std::string body = {}) {
  http::Request made;
  made.method = std::move(method);
  made.target = "/";
  made.body = std::move(body);
  return made;
}

struct Fixture {
  net::io_context io;
  test::TemporaryFolder folder;
  std::string path = (folder.path() / "socket").string();
  std::unique_ptr<http::Server> server;
  int handled = 0;

  explicit Fixture(http::ServerLimits limits = {}) {
    server = std::make_unique<http::Server>(
        io.get_executor(), path,
        [this](const http::Request&, http::Responder& responder) {
          ++handled;
          return responder.respond(http::Response());
        },
        limits);
    server->start();
  }
  ~Fixture() { run_task(io, server->stop()); }

  std::unique_ptr<http::Client> client() {
    http::Endpoint endpoint;
    endpoint.unix_path = path;
    return std::make_unique<http::Client>(io.get_executor(), endpoint);
  }
  /// What a process of the user `uid` is answered: the first bytes.
  std::string answer_to(uid_t uid) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
      sockaddr_un address{};
      address.sun_family = AF_UNIX;
      path.copy(address.sun_path, sizeof address.sun_path - 1);
      const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
      const std::string text = "GET / HTTP/1.1\r\n\r\n";
      char answer[12] = "";
      if (::setuid(uid) != 0 || ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
          ::write(socket, text.data(), text.size()) < 0)
        ::_exit(1);
      const auto count = ::recv(socket, answer, sizeof answer, MSG_WAITALL);
      ::_exit(count > 0 && ::write(ends[1], answer, static_cast<std::size_t>(count)) == count ? 0 : 1);
    }
    ::close(ends[1]);
    while (::waitpid(child, nullptr, WNOHANG) == 0) {
      io.restart();
      io.run_one_for(std::chrono::milliseconds(20));
    }
    char text[64];
    const auto count = ::read(ends[0], text, sizeof text);
    ::close(ends[0]);
    return {text, static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
  }
};

}  // namespace

TEST_CASE("http: another user is refused even where the socket's mode would let them in" *
          doctest::skip(::getuid() != 0)) {
  Fixture f;
  ::chmod(f.folder.path().c_str(), 0755);
  ::chmod(f.path.c_str(), 0666);
  CHECK(f.answer_to(nobody) == "HTTP/1.1 403");
  CHECK(f.handled == 0);
  CHECK(f.answer_to(0) == "HTTP/1.1 200");
  CHECK(f.handled == 1);
}

TEST_CASE("http: who sends too much hears so, also while still sending") {
  http::ServerLimits limits;
  limits.body_bytes = 64 << 10;
  Fixture f(limits);
  const auto client = f.client();
  CHECK(run_task(f.io, client->send(request("POST", std::string(8 << 20, 'x')))).status == 413);
  CHECK(f.handled == 0);
  CHECK(run_task(f.io, client->send(request("POST", std::string(64 << 10, 'x')))).status == 200);
}

TEST_CASE("http: connections over the limit are told so, and a freed place can be taken") {
  http::ServerLimits limits;
  limits.connections = 4;  // one of them listens
  Fixture f(limits);
  std::vector<std::unique_ptr<http::Client>> clients;
  for (int i = 0; i < 4; ++i) clients.push_back(f.client());
  for (int i = 0; i < 3; ++i)
    CHECK(run_task(f.io, clients[static_cast<std::size_t>(i)]->send(request())).status == 200);
  CHECK(run_task(f.io, clients[3]->send(request())).status == 503);
  clients.erase(clients.begin());
  int status = 0;
  for (int tries = 0; tries < 100 && status != 200; ++tries)
    status = run_task(f.io, clients.back()->send(request())).status;
  CHECK(status == 200);
}

TEST_CASE("http: a path that no socket can have is refused with the remedy") {
  net::io_context io;
  try {
    http::Server server(io.get_executor(), "/tmp/" + std::string(200, 'x'), {});
    FAIL("it listens somewhere");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::daemon_unavailable);
    CHECK(error.message().find("the path is too long") != std::string::npos);
  }
}
