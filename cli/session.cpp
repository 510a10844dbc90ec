#include "session.hpp"

#include "core/with_timeout.hpp"
#include "daemon_launcher.hpp"
#include "protocol/error.hpp"
#include "system/instance_lock.hpp"
#include "system/runtime_folder.hpp"

namespace gf::cli {

namespace {

/// The daemon answers within milliseconds: one that takes this long is stopped or stuck.
constexpr auto answer_time = std::chrono::seconds(10);

http::Endpoint endpoint(const Paths& paths) {
  http::Endpoint to;
  to.unix_path = paths.socket().string();
  return to;
}

Error unreachable(const boost::system::system_error& error) {
  return Error(ErrorCode::daemon_unavailable, "cannot reach the daemon: " + error.code().message(),
               "gf daemon start; gf daemon logs");
}

}  // namespace

Error error_of(const http::Response& response) {
  const auto body = Json::parse(response.body, nullptr, false);
  if (body.is_object() && body.contains("error")) return error_from_json(body["error"]);
  return Error(ErrorCode::internal, "cannot understand the daemon's answer (" + std::to_string(response.status) + ")",
               {}, response.body);
}

Session::Session(Paths paths) : paths_(std::move(paths)), client_(io_.get_executor(), endpoint(paths_)) {}

void Session::run(Task<> task) {
  std::exception_ptr thrown;
  bool ended = false;
  net::co_spawn(io_, std::move(task), [&](std::exception_ptr error) {
    thrown = error;
    ended = true;
  });
  io_.restart();
  while (!ended && io_.run_one() > 0) {
  }
  if (thrown) std::rethrow_exception(thrown);
}

void Session::ensure_daemon() {
  if (!alive()) launch_daemon(paths_);
}

bool Session::alive() {
  ensure_runtime_folder(paths_.runtime);
  auto ask = [](http::Client& client) -> Task<> {
    http::Request request;
    request.target = "/v1/version";
    auto sending = client.send(std::move(request));
    co_await std::move(sending);
  };
  SystemClock clock;
  const auto holder = [&] { return std::to_string(InstanceLock::holder(paths_.lock()).value_or(0)); };
  try {
    run(with_timeout(clock, answer_time, "cannot wait longer", ask(client_)));
    return true;
  } catch (const boost::system::system_error&) {
    return false;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::timed_out) throw;
    throw Error(ErrorCode::daemon_unavailable, "cannot wait longer for the daemon: it runs, but does not answer",
                "gf daemon logs; kill " + holder() + " ends it");
  }
}

Task<std::unique_ptr<http::ResponseStream>> open_stream(http::Client& client, std::string path) {
  http::Request request;
  request.target = std::move(path);
  auto opening = client.open(std::move(request));
  auto answer = co_await std::move(opening);
  if (answer->head().status == 200) co_return answer;
  http::Response response = answer->head();
  for (;;) {
    auto reading = answer->read();
    const auto piece = co_await std::move(reading);
    if (!piece) break;
    response.body += *piece;
  }
  throw error_of(response);
}

Json Session::get(const std::string& path) { return send("GET", path, nullptr); }

Json Session::send(const std::string& method, const std::string& path, const Json& body) {
  http::Request request;
  request.method = method;
  request.target = path;
  if (!body.is_null()) {
    request.headers.set("Content-Type", "application/json");
    request.body = dump(body);
  }
  http::Response response;
  auto ask = [&]() -> Task<> {
    auto sending = client_.send(std::move(request));
    response = co_await std::move(sending);
  };
  try {
    run(ask());
  } catch (const boost::system::system_error& error) {
    throw unreachable(error);
  }
  if (response.status >= 300) throw error_of(response);
  return parse_json(response.body, "the daemon's answer");
}

void Session::stream(const std::string& path, const std::function<bool(const Json&)>& on_line) {
  auto read = [&]() -> Task<> {
    auto opening = open_stream(client_, path);
    const auto answer = co_await std::move(opening);
    for (;;) {
      auto reading = answer->read_line();
      const auto line = co_await std::move(reading);
      if (!line) co_return;
      if (!line->empty() && !on_line(parse_json(*line, "the daemon's answer"))) co_return;
    }
  };
  try {
    run(read());
  } catch (const boost::system::system_error& error) {
    throw unreachable(error);
  }
}

}  // namespace gf::cli
