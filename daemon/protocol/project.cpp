#include "protocol/project.hpp"

#include <algorithm>

namespace gf {

std::string_view name(OnSync action) {
  switch (action) {
    case OnSync::none:
      return "none";
    case OnSync::reload:
      return "reload";
    case OnSync::restart:
      return "restart";
  }
  return "none";
}

bool mounts_checkout(const ProjectSpec& project) {
  return std::any_of(project.apps.begin(), project.apps.end(), [](const AppSpec& app) { return mounts_checkout(app); });
}

std::string checkout_in_node(const std::string& root) { return "/greenfield/checkouts" + root; }

std::string why_never_asleep(const ProjectSpec& project, const AppSpec& app) {
  if (app.port == 0) return "it has no 'port', and only a connection to one on localhost could wake it";
  if (app.autoscale) return "'autoscale' decides how many replicas it has";
  if (app.replicas == 0) return "'replicas: 0' leaves nothing that could be woken";
  if (app.strategy != Strategy::rolling)
    return "with 'strategy: " + std::string(name(app.strategy)) +
           "' requests through the mesh are to meet it at any time";
  if (in_mesh(project) && app.mesh.gateway)
    return "what comes through the mesh's gateway could not wake it; 'mesh: {gateway: false}' leaves only localhost";
  return {};
}

}  // namespace gf
