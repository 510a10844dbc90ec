#include <boost/asio/error.hpp>

#include "api/answers.hpp"
#include "api/log_lines.hpp"
#include "api/routes.hpp"
#include "core/task_group.hpp"
#include "node/pod_exec.hpp"

namespace gf::api {

namespace {

constexpr int whole_log = -1;

const ProjectSpec& spec_of(const Services& services, const std::string& project) {
  if (const auto* spec = services.deploy.spec(project)) return *spec;
  throw Error(ErrorCode::not_found, "cannot find a running project called '" + project + "'", "gf up");
}

Task<> get_env(const Services& services, std::string project, http::Responder& responder) {
  const auto spec = spec_of(services, project);
  Json body;
  body["env"] = Json::object();
  for (const auto& [addon, profile] : spec.addons) {
    const auto& addon_spec = services.addons.catalogue().at(addon);
    const int port = addon_spec.endpoints.empty() ? 0 : services.environment.port_of(addon_spec.endpoints.front().name);
    auto reading = services.addons.claims().localhost_env(addon_spec, project, port);
    for (const auto& [name, value] : co_await std::move(reading)) body["env"][name] = value;
  }
  auto answering = answer(responder, 200, std::move(body));
  co_await std::move(answering);
}

/// The container of an app has its name.
Task<> read_log(const Services& services, kube::LogRequest wanted, LogLines& lines) {
  try {
    auto opening = services.kube.logs(wanted);
    const auto stream = co_await std::move(opening);
    for (;;) {
      auto reading = stream->read_line();
      const auto line = co_await std::move(reading);
      if (!line) break;
      auto stamped = take_stamp(*line);
      Json json;
      json["time"] = std::move(stamped.time);
      json["app"] = json["container"] = wanted.container;
      json["pod"] = wanted.pod;
      json["line"] = std::move(stamped.text);
      auto putting = lines.put(dump(json));
      co_await std::move(putting);
    }
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) throw;  // a pod without log yet has nothing to say
  } catch (const boost::system::system_error& error) {
    if (error.code() == net::error::operation_aborted) throw;  // the cluster's API went away in the middle
  }
  lines.close_one();
}

Task<> wake_on_pods(const Services& services, LogLines& lines) {
  for (;;) {
    auto waiting = services.mirror.changed().wait();
    co_await std::move(waiting);
    lines.changed().notify_all();
  }
}

Task<> get_logs(const Services& services, std::string project, http::Target target, http::Responder& responder) {
  const auto spec = spec_of(services, project);
  const auto wanted = target.param("app").value_or("");
  std::vector<sleep::Sleeper::Lease> using_them;  // whose log is read goes on; one that sleeps is not woken by it
  for (const auto& app : spec.apps)
    if (wanted.empty() || app.name == wanted)
      using_them.push_back(services.sleeper.use(environment::Environment::forward_name(project, app.name)));
  const bool follow = target.param("follow").value_or("false") == "true";
  kube::LogRequest first;
  first.space = project;
  first.follow = follow;
  first.tail = static_cast<int>(number_of(target, "tail", -1, -1));
  first.since = number_of(target, "since", 0, 0);
  first.timestamps = true;
  auto executor = co_await net::this_coro::executor;
  LogLines lines(executor);
  TaskGroup reading(executor);
  std::set<std::string> known;
  // New replicas join while we follow, and new instances of those there are: each has a log of its own, read whole.
  auto join = [&](const kube::LogRequest& part) {
    for (const auto* pod : services.mirror.all("Pod", project, deploy::app_label, wanted)) {
      const auto app = pod->at("metadata")["labels"].value(deploy::app_label, "");
      const auto name = pod->at("metadata").value("name", "");
      auto instance = node::container_id(*pod, app);
      // One that waits to be started again still has what its last instance wrote.
      if (instance.empty() && pod->value("status", Json::object()).value("phase", "") == "Running") instance = name;
      if (instance.empty() || !known.insert(instance).second) continue;
      lines.open_one();
      auto request = part;
      request.pod = name;
      request.container = app;
      reading.spawn("read the log of " + name, read_log(services, std::move(request), lines));
    }
  };
  http::Response head;
  head.headers.set("Content-Type", "application/x-ndjson");
  auto beginning = responder.begin(std::move(head));
  co_await std::move(beginning);
  std::exception_ptr thrown;
  try {
    join(first);
    auto whole = first;
    whole.tail = whole_log;
    whole.since = 0;
    if (follow) reading.spawn("watch the pods", wake_on_pods(services, lines));
    while (follow || !lines.ended()) {
      if (lines.empty()) {
        auto waiting = lines.changed().wait();
        co_await std::move(waiting);
        if (follow) join(whole);
        continue;
      }
      auto writing = responder.write(lines.take());
      co_await std::move(writing);
    }
  } catch (...) {
    thrown = std::current_exception();
  }
  // A client that went away has cancelled us, and what is cancelled cannot wait: but for this.
  if (thrown) co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
  auto stopping = reading.stop();
  co_await std::move(stopping);
  if (thrown) std::rethrow_exception(thrown);
  auto ending = responder.end();
  co_await std::move(ending);
}

}  // namespace

void add_project_routes(const Services& services, Routes& routes) {
  routes.push_back({"GET", "/v1/projects", [&services](http::RouteContext& context) {
                      Json body;
                      body["projects"] = Json::array();
                      for (const auto& one : services.registry.all()) {
                        Json project;
                        project["name"] = one.name;
                        project["root"] = one.root;
                        project["up"] = one.up;
                        project["declared"] = one.declared;
                        body["projects"].push_back(std::move(project));
                      }
                      return answer(context.responder, 200, std::move(body));
                    }});
  routes.push_back({"GET", "/v1/projects/{name}/env", [&services](http::RouteContext& context) {
                      return get_env(services, context.captures[0], context.responder);
                    }});
  routes.push_back({"GET", "/v1/projects/{name}/logs", [&services](http::RouteContext& context) {
                      return get_logs(services, context.captures[0], context.target, context.responder);
                    }});
}

}  // namespace gf::api
