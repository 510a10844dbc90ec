#include "addon/pod_command.hpp"

#include <algorithm>

#include "kube/readiness.hpp"
#include "node/pod_exec.hpp"
#include "node/pod_program.hpp"
#include "protocol/error.hpp"

namespace gf::addon {

namespace {

/// Said by a shell when no terminal shows any more what it is told (addons/schema.json).
constexpr std::string_view ready_line = "greenfield: ready";
constexpr std::size_t cause_lines = 10;

/// Whether the addon says of this member that the others follow it (addons/README.md).
bool leads(const Json& pod) {
  return kube::has_label(pod, "greenfield.dev/role", "primary") ||
         kube::has_label(pod, "greenfield.dev/role", "master");
}

}  // namespace

bool says_ready(std::string_view said) {
  const auto at = said.find(ready_line);
  return at != said.npos && said.find('\n', at) != said.npos;
}

std::string last_words(std::string_view said) {
  if (const auto at = said.find(ready_line); at != said.npos)
    said.remove_prefix(std::min(said.size(), said.find('\n', at)));
  while (said.starts_with('\n')) said.remove_prefix(1);
  while (said.ends_with('\n')) said.remove_suffix(1);
  auto from = said.size();
  for (std::size_t lines = 0; from > 0; --from)
    if (said[from - 1] == '\n' && ++lines == cause_lines) break;
  return std::string(said.substr(from));
}

const Json* PodCommands::ready_pod(const std::string& space, const Workload& of) const {
  const auto* workload = mirror_.find(of.kind, space, of.name);
  if (!workload) return nullptr;
  const auto wanted = workload->at("spec")["selector"]["matchLabels"];
  const Json* any = nullptr;
  for (const auto* pod : mirror_.all("Pod", space)) {
    const bool selected = std::ranges::all_of(wanted.items(), [&](const auto& label) {
      return kube::has_label(*pod, label.key(), label.value().template get<std::string>());
    });
    if (!selected || !kube::assess(*pod).ready || pod->at("metadata").contains("deletionTimestamp")) continue;
    if (leads(*pod)) return pod;
    if (!any) any = pod;
  }
  return any;
}

Task<container::ExecSpec> PodCommands::exec_in_ready_pod(std::string space, PodCommand command) {
  const Json* ready = nullptr;
  while ((ready = ready_pod(space, command.workload)) == nullptr) {
    auto waiting = mirror_.changed().wait();
    co_await std::move(waiting);
  }
  co_return node::pod_exec(*ready, command.container, command.command, false, true);
}

Task<container::ExecResult> PodCommands::execute(std::string space, PodCommand command, std::string input) {
  auto preparing = exec_in_ready_pod(std::move(space), std::move(command));
  auto exec = co_await std::move(preparing);
  auto running = node::run_in_pod(engine_, std::move(exec), std::move(input));
  co_return co_await std::move(running);
}

Task<std::unique_ptr<container::ExecStream>> PodCommands::begin(std::string space, PodCommand command,
                                                                std::map<std::string, std::string> values) {
  auto preparing = exec_in_ready_pod(std::move(space), command);
  auto exec = co_await std::move(preparing);
  auto starting = node::start_in_pod(engine_, std::move(exec));
  auto stream = co_await std::move(starting);
  const auto input = fill(command.input, values) + '\n';
  auto writing = stream->write(input);
  co_await std::move(writing);
  co_return stream;
}

Task<std::string> PodCommands::run(std::string space, PodCommand command, std::map<std::string, std::string> values,
                                   std::string what) {
  auto executing = execute(std::move(space), command, fill(command.input, values));
  const auto result = co_await std::move(executing);
  if (result.exit_code != 0) throw Error(ErrorCode::addon_failed, what, {}, result.output + result.errors);
  co_return result.output;
}

Task<std::unique_ptr<container::ExecStream>> PodCommands::open(std::string space, PodCommand command,
                                                               std::map<std::string, std::string> values, bool tty,
                                                               std::string what) {
  const auto* pod = ready_pod(space, command.workload);
  if (!pod) throw Error(ErrorCode::addon_failed, what + ": no pod of it is ready");
  auto exec = node::pod_exec(*pod, command.container, command.command, tty, true);
  auto starting = node::start_in_pod(engine_, std::move(exec));
  auto shell = co_await std::move(starting);
  std::string said;
  while (!says_ready(said)) {
    auto reading = shell->read();
    const auto piece = co_await std::move(reading);
    if (!piece) throw Error(ErrorCode::addon_failed, what + ": its shell ended at once", {}, said);
    said += piece->bytes;
  }
  const auto introduction = fill(command.input, values) + '\n';
  auto writing = shell->write(introduction);
  co_await std::move(writing);
  co_return shell;
}

Task<> PodCommands::feed(std::string space, PodCommand command, std::map<std::string, std::string> values,
                         std::string text, std::string what) {
  // No terminal, no echo: there is nothing to wait for.
  auto executing = execute(std::move(space), command, fill(command.input, values) + '\n' + text);
  const auto result = co_await std::move(executing);
  if (result.exit_code != 0) throw Error(ErrorCode::addon_failed, what, {}, last_words(result.output + result.errors));
}

}  // namespace gf::addon
