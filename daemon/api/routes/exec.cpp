#include "api/answers.hpp"
#include "api/pick_pod.hpp"
#include "api/program_relay.hpp"
#include "api/routes.hpp"
#include "node/pod_exec.hpp"
#include "node/pod_program.hpp"

namespace gf::api {

namespace {

const Json& pod_of(const Services& services, const std::string& project, const std::string& app,
                   const std::string& name) {
  if (const auto* pod = pick_pod(services.mirror.all("Pod", project, deploy::app_label, app), app, name)) return *pod;
  throw Error(ErrorCode::not_found, "cannot find a running replica of " + app + (name.empty() ? "" : " called " + name),
              "gf status");
}

Task<> run_exec(const Services& services, std::string project, std::string app, Json body, http::Responder& responder) {
  auto command = texts_of(body, "command");
  if (command.empty())
    throw Error(ErrorCode::bad_request, "cannot run a command: 'command' must be a list that is not empty");
  const bool tty = flag_of(body, "tty");
  const auto member = environment::Environment::forward_name(project, app);
  const auto using_it = services.sleeper.use(member);
  auto waking = services.sleeper.wake(member);
  co_await std::move(waking);
  const auto& pod = pod_of(services, project, app, text_of(body, "pod"));
  auto spec = node::pod_exec(pod, app, std::move(command), tty, true);
  auto starting = node::start_in_pod(services.engine, std::move(spec));
  auto program = co_await std::move(starting);
  auto relaying = relay_program(std::move(program), tty, responder);
  co_await std::move(relaying);
}

}  // namespace

void add_exec_route(const Services& services, Routes& routes) {
  routes.push_back({"POST", "/v1/projects/{name}/apps/{app}/exec", [&services](http::RouteContext& context) {
                      auto body = body_of(context.request, {"command", "tty", "pod"});
                      return run_exec(services, context.captures[0], context.captures[1], std::move(body),
                                      context.responder);
                    }});
}

}  // namespace gf::api
