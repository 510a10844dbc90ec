#include "api/answers.hpp"
#include "api/program_relay.hpp"
#include "api/routes.hpp"

namespace gf::api {

namespace {

/// The addon, when `project` can be connected with it as soon as it is ready.
const addon::AddonSpec& connectable(const Services& services, const std::string& project, const std::string& name) {
  const auto& addon = services.addons.catalogue().at(name);
  const auto cannot = "cannot connect to " + name + ": ";
  if (!addon.connect)
    throw Error(ErrorCode::bad_request, cannot + "it has no shell of its own", "gf addon status " + name);
  const auto* spec = services.deploy.spec(project);
  if (!spec) throw Error(ErrorCode::not_found, "cannot find a running project called '" + project + "'", "gf up");
  if (!spec->addons.contains(name))
    throw Error(ErrorCode::not_found, cannot + project + " does not use it",
                "name it under `addons` in greenfield.yaml, then gf up");
  if (!services.kube.available())
    throw Error(ErrorCode::cluster_unavailable, cannot + "the cluster does not run", "gf up");
  return addon;
}

Task<> connect(const Services& services, std::string project, std::string name, bool tty, http::Responder& responder) {
  const auto& addon = connectable(services, project, name);
  const auto using_it = services.sleeper.use(name);
  auto waking = services.sleeper.wake(name);
  co_await std::move(waking);
  const auto status = services.addons.status(name);
  if (status.state != "ready")
    throw Error(ErrorCode::addon_failed, "cannot connect to " + name + ": it is " + status.state,
                "gf addon status " + name, status.reason);
  auto connecting = services.addons.claims().connect(addon, std::move(project), tty);
  auto shell = co_await std::move(connecting);
  auto relaying = relay_program(std::move(shell), tty, responder);
  co_await std::move(relaying);
}

}  // namespace

void add_connect_route(const Services& services, Routes& routes) {
  routes.push_back({"POST", "/v1/projects/{name}/addons/{addon}/connect", [&services](http::RouteContext& context) {
                      const auto body = body_of(context.request, {"tty"});
                      return connect(services, context.captures[0], context.captures[1], flag_of(body, "tty"),
                                     context.responder);
                    }});
}

}  // namespace gf::api
