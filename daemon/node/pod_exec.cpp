#include "node/pod_exec.hpp"

#include "protocol/error.hpp"

namespace gf::node {

std::string container_id(const Json& pod, const std::string& container) {
  const auto status = pod.find("status");
  if (status == pod.end() || !status->contains("containerStatuses")) return {};
  for (const auto& item : (*status)["containerStatuses"]) {
    if (!container.empty() && item.value("name", "") != container) continue;
    if (!item.contains("state") || !item["state"].contains("running")) return {};
    const auto id = item.value("containerID", "");
    const auto scheme = id.find("://");
    return scheme == std::string::npos ? id : id.substr(scheme + 3);
  }
  return {};
}

container::ExecSpec pod_exec(const Json& pod, const std::string& container, std::vector<std::string> command, bool tty,
                             bool input) {
  const auto id = container_id(pod, container);
  const auto name = pod.at("metadata").value("name", "");
  if (id.empty())
    throw Error(ErrorCode::not_found,
                "cannot run a command in " + name + (container.empty() ? "" : '/' + container) + ": it does not run",
                "gf status");
  container::ExecSpec spec;
  spec.container = pod.at("spec").value("nodeName", "");
  spec.command = {"crictl", "exec"};
  if (tty) spec.command.push_back("-t");
  if (input) spec.command.push_back("-i");
  spec.command.push_back(id);
  spec.command.insert(spec.command.end(), std::make_move_iterator(command.begin()),
                      std::make_move_iterator(command.end()));
  spec.tty = tty;
  spec.input = input;
  return spec;
}

}  // namespace gf::node
