#include "container/docker_engine.hpp"

#include <cstdlib>

#include "container/docker_exec.hpp"
#include "core/when_all.hpp"
#include "protocol/error.hpp"

namespace gf::container {

namespace {

constexpr const char* api = "/v1.41";

/// The engine's own words: {"message": …}, or the body as it is.
std::string words(const std::string& body) {
  const auto answer = Json::parse(body, nullptr, false);
  return answer.is_object() ? answer.value("message", body) : body;
}

[[noreturn]] void refuse(ErrorCode code, const std::string& what, const http::Response& response) {
  throw Error(response.status == 404 ? ErrorCode::not_found : code, "cannot " + what, {}, words(response.body));
}

http::Endpoint endpoint(const std::string& socket) {
  http::Endpoint to;
  to.unix_path = socket;
  return to;
}

std::string first_address(const Json& networks) {
  for (const auto& [name, network] : networks.items())
    if (auto address = network.value("IPAddress", ""); !address.empty()) return address;
  return {};
}

/// From an entry of the list, which names things differently than the inspection of one container.
Container listed(const Json& item) {
  Container container;
  container.id = item.value("Id", "");
  container.name = item["Names"].empty() ? "" : item["Names"][0].get<std::string>().substr(1);
  container.image = item.value("Image", "");
  container.state = item.value("State", "");
  container.labels = item["Labels"].get<std::map<std::string, std::string>>();
  container.address = first_address(item["NetworkSettings"]["Networks"]);
  for (const auto& port : item["Ports"])
    if (port.contains("PublicPort")) container.host_ports[port.value("PrivatePort", 0)] = port.value("PublicPort", 0);
  return container;
}

Container inspected(const Json& item) {
  Container container;
  container.id = item.value("Id", "");
  container.name = item.value("Name", "/").substr(1);
  container.image = item["Config"].value("Image", "");
  container.state = item["State"].value("Status", "");
  if (const auto& labels = item["Config"]["Labels"]; labels.is_object())
    container.labels = labels.get<std::map<std::string, std::string>>();
  container.address = first_address(item["NetworkSettings"]["Networks"]);
  for (const auto& [port, bindings] : item["NetworkSettings"]["Ports"].items())
    if (bindings.is_array() && !bindings.empty())
      container.host_ports[std::atoi(port.c_str())] = std::atoi(bindings[0].value("HostPort", "0").c_str());
  for (const auto& mount : item.value("Mounts", Json::array()))
    if (mount.value("Type", "") == "bind") container.mounts[mount.value("Destination", "")] = mount.value("Source", "");
  return container;
}

/// Beside reading: a program that says much before it has read all would wait for us, and we for it. One that ends
/// before it has read all says why in its exit code.
Task<> write_all(ExecStream& program, const std::string& input) {
  try {
    auto writing = program.write(input);
    co_await std::move(writing);
    auto finishing = program.finish_writing();
    co_await std::move(finishing);
  } catch (const boost::system::system_error&) {
    co_return;
  }
}

Task<> read_all(ExecStream& program, ExecResult& result) {
  for (;;) {
    auto reading = program.read();
    const auto piece = co_await std::move(reading);
    if (!piece) break;
    (piece->is_error ? result.errors : result.output) += piece->bytes;
  }
  program.close();  // ends the writing too
}

}  // namespace

std::string docker_socket_path() {
  const char* host = std::getenv("DOCKER_HOST");
  constexpr std::string_view scheme = "unix://";
  if (host && std::string_view(host).starts_with(scheme)) return host + scheme.size();
  return "/var/run/docker.sock";
}

std::unique_ptr<Engine> make_docker_engine(Executor executor, std::string socket_path) {
  return std::make_unique<DockerEngine>(executor, std::move(socket_path));
}

DockerEngine::DockerEngine(Executor executor, std::string socket_path)
    : socket_(std::move(socket_path)), client_(executor, endpoint(socket_)) {}

Error DockerEngine::no_answer(const boost::system::system_error& error) const {
  return Error(ErrorCode::engine_unavailable,
               "cannot reach the container engine at " + socket_ + ": " + error.code().message(),
               "start it: `systemctl start docker`, or scripts/bootstrap where there is no service manager");
}

Task<http::Response> DockerEngine::send(std::string method, std::string path, std::string body) {
  http::Request request;
  request.method = std::move(method);
  request.target = api + path;
  if (!body.empty()) request.headers.set("Content-Type", "application/json");
  request.body = std::move(body);
  try {
    auto sending = client_.send(std::move(request));
    co_return co_await std::move(sending);
  } catch (const boost::system::system_error& error) {
    if (error.code() == net::error::operation_aborted) throw;
    throw no_answer(error);
  }
}

Task<std::unique_ptr<http::ResponseStream>> DockerEngine::open(http::Request request, http::BodySource source) {
  request.target = api + request.target;
  try {
    auto opening = client_.open(std::move(request), std::move(source));
    co_return co_await std::move(opening);
  } catch (const boost::system::system_error& error) {
    if (error.code() == net::error::operation_aborted) throw;
    throw no_answer(error);
  }
}

Task<std::unique_ptr<http::ResponseStream>> DockerEngine::open_good(http::Request request, http::BodySource source,
                                                                    ErrorCode code, std::string what) {
  auto opening = open(std::move(request), std::move(source));
  auto stream = co_await std::move(opening);
  if (stream->head().status == 200) co_return stream;
  http::Response answer = stream->head();
  for (;;) {
    auto reading = stream->read();
    const auto piece = co_await std::move(reading);
    if (!piece) break;
    answer.body += *piece;
  }
  throw Error(code, "cannot " + what, {}, words(answer.body));
}

Task<EngineVersion> DockerEngine::version() {
  auto asking = send("GET", "/info");
  const auto response = co_await std::move(asking);
  if (response.status != 200) refuse(ErrorCode::engine_unavailable, "ask the container engine what it is", response);
  const auto answer = parse_json(response.body, "the container engine's answer");
  EngineVersion version;
  version.version = answer.value("ServerVersion", "");
  version.api_version = "1.41";
  version.cgroup_version = answer.value("CgroupVersion", "1");
  version.kernel = answer.value("KernelVersion", "");
  version.memory_bytes = answer.value("MemTotal", std::uint64_t{0});
  version.cpus = answer.value("NCPU", 0);
  co_return version;
}

Task<std::vector<Container>> DockerEngine::containers(std::string label) {
  Json filters;
  filters["label"] = Json::array({label});
  auto asking = send("GET", "/containers/json?all=true&filters=" + http::percent_encode(dump(filters)));
  const auto response = co_await std::move(asking);
  if (response.status != 200) refuse(ErrorCode::engine_unavailable, "list the containers", response);
  auto answer = parse_json(response.body, "the container engine's answer");
  std::vector<Container> found;
  for (auto& item : answer) found.push_back(listed(item));
  co_return found;
}

Task<std::optional<Container>> DockerEngine::container(std::string name) {
  auto asking = send("GET", "/containers/" + http::percent_encode(name) + "/json");
  const auto response = co_await std::move(asking);
  if (response.status == 404) co_return std::nullopt;
  if (response.status != 200) refuse(ErrorCode::engine_unavailable, "inspect the container " + name, response);
  auto answer = parse_json(response.body, "the container engine's answer");
  co_return inspected(answer);
}

Task<> DockerEngine::start(std::string name) {
  auto asking = send("POST", "/containers/" + http::percent_encode(name) + "/start");
  const auto response = co_await std::move(asking);
  if (response.status != 204 && response.status != 304)
    refuse(ErrorCode::cluster_failed, "start the container " + name, response);
}

Task<> DockerEngine::stop(std::string name, std::chrono::seconds grace) {
  auto asking = send("POST", "/containers/" + http::percent_encode(name) + "/stop?t=" + std::to_string(grace.count()));
  const auto response = co_await std::move(asking);
  if (response.status != 204 && response.status != 304)
    refuse(ErrorCode::cluster_failed, "stop the container " + name, response);
}

Task<> DockerEngine::remove(std::string name) {
  auto asking = send("DELETE", "/containers/" + http::percent_encode(name) + "?force=true&v=true");
  const auto response = co_await std::move(asking);
  // 409: somebody else is removing it already.
  if (response.status != 204 && response.status != 404 && response.status != 409)
    refuse(ErrorCode::cluster_failed, "remove the container " + name, response);
}

Task<std::unique_ptr<ExecStream>> DockerEngine::exec_stream(ExecSpec spec) {
  Json body;
  body["Cmd"] = spec.command;
  body["AttachStdin"] = spec.input;
  body["AttachStdout"] = true;
  body["AttachStderr"] = true;
  body["Tty"] = spec.tty;
  for (const auto& [name, value] : spec.environment) body["Env"].push_back(name + '=' + value);
  auto creating = send("POST", "/containers/" + http::percent_encode(spec.container) + "/exec", dump(body));
  const auto created = co_await std::move(creating);
  if (created.status != 201)
    refuse(ErrorCode::cluster_unavailable, "run a program in the container " + spec.container, created);
  const auto id = parse_json(created.body, "the container engine's answer").value("Id", "");
  http::Request request;
  request.method = "POST";
  request.target = std::string(api) + "/exec/" + id + "/start";
  request.headers.set("Content-Type", "application/json");
  request.headers.set("Connection", "Upgrade");
  request.headers.set("Upgrade", "tcp");
  request.body = spec.tty ? R"({"Detach":false,"Tty":true})" : R"({"Detach":false,"Tty":false})";
  try {
    auto upgrading = client_.upgrade(std::move(request));
    auto stream = co_await std::move(upgrading);
    co_return std::make_unique<DockerExecStream>(client_, id, spec.tty, std::move(stream));
  } catch (const Error& error) {
    throw Error(ErrorCode::cluster_unavailable, "cannot run a program in the container " + spec.container, {},
                words(error.cause()));
  } catch (const boost::system::system_error& error) {
    if (error.code() == net::error::operation_aborted) throw;
    throw no_answer(error);
  }
}

Task<ExecResult> DockerEngine::exec(ExecSpec spec, std::string input) {
  spec.input = !input.empty();
  auto opening = exec_stream(std::move(spec));
  const auto stream = co_await std::move(opening);
  ExecResult result;
  std::vector<Task<>> both;
  both.push_back(read_all(*stream, result));
  if (!input.empty()) both.push_back(write_all(*stream, input));
  auto all = when_all(std::move(both));
  co_await std::move(all);
  auto asking = stream->exit_code();
  result.exit_code = co_await std::move(asking);
  co_return result;
}

Task<> DockerEngine::put_archive(std::string container, std::string folder, std::string tar) {
  auto sending =
      send("PUT", "/containers/" + http::percent_encode(container) + "/archive?path=" + http::percent_encode(folder),
           std::move(tar));
  const auto response = co_await std::move(sending);
  if (response.status != 200) refuse(ErrorCode::cluster_failed, "copy into the container " + container, response);
}

Task<std::unique_ptr<http::ResponseStream>> DockerEngine::events(Json filters) {
  http::Request request;
  request.target = "/events?filters=" + http::percent_encode(dump(filters));
  return open_good(std::move(request), {}, ErrorCode::engine_unavailable, "follow the container engine's events");
}

}  // namespace gf::container
