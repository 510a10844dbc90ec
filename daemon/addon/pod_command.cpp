#include "addon/pod_command.hpp"

#include <algorithm>

#include "kube/readiness.hpp"
#include "node/pod_exec.hpp"
#include "protocol/error.hpp"

namespace gf::addon {

const Json* PodCommands::ready_pod(const std::string& space, const Workload& of) const {
  const auto* workload = mirror_.find(of.kind, space, of.name);
  if (!workload) return nullptr;
  const auto wanted = workload->at("spec")["selector"]["matchLabels"];
  for (const auto* pod : mirror_.all("Pod", space)) {
    const bool selected = std::ranges::all_of(wanted.items(), [&](const auto& label) {
      return kube::has_label(*pod, label.key(), label.value().template get<std::string>());
    });
    if (selected && kube::assess(*pod).ready) return pod;
  }
  return nullptr;
}

Task<container::ExecSpec> PodCommands::exec_in_ready_pod(std::string space, PodCommand command) {
  const Json* ready = nullptr;
  while ((ready = ready_pod(space, command.workload)) == nullptr) {
    auto waiting = mirror_.changed().wait();
    co_await std::move(waiting);
  }
  co_return node::pod_exec(*ready, command.container, command.command, false, true);
}

Task<std::unique_ptr<container::ExecStream>> PodCommands::open(std::string space, PodCommand command,
                                                               std::map<std::string, std::string> values) {
  auto preparing = exec_in_ready_pod(space, command);
  auto exec = co_await std::move(preparing);
  auto starting = engine_.exec_stream(std::move(exec));
  auto stream = co_await std::move(starting);
  const auto input = fill(command.input, values) + '\n';
  auto writing = stream->write(input);
  co_await std::move(writing);
  co_return stream;
}

Task<std::string> PodCommands::run(std::string space, PodCommand command, std::map<std::string, std::string> values,
                                   std::string what) {
  auto preparing = exec_in_ready_pod(space, command);
  auto exec = co_await std::move(preparing);
  auto running = engine_.exec(std::move(exec), fill(command.input, values));
  const auto result = co_await std::move(running);
  if (result.exit_code != 0) throw Error(ErrorCode::addon_failed, what, {}, result.output + result.errors);
  co_return result.output;
}

}  // namespace gf::addon
