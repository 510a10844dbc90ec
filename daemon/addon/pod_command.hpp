#pragma once
#include "addon/addon_spec.hpp"
#include "container/engine.hpp"
#include "kube/mirror.hpp"

namespace gf::addon {

/// Runs the commands that addons bring along inside their pods.
class PodCommands {
 public:
  PodCommands(kube::Mirror& mirror, container::Engine& engine) : mirror_(mirror), engine_(engine) {}

  /// A ready pod of a workload in the namespace `space`, null while there is none.
  const Json* ready_pod(const std::string& space, const Workload& of) const;

  /// Waits for a ready pod, runs `command` in it with its input filled from `values`, and returns what it wrote.
  /// Throws Error(addon_failed) with `what` and the command's words when it fails.
  Task<std::string> run(std::string space, PodCommand command, std::map<std::string, std::string> values,
                        std::string what);

  /// Likewise begins `command`, gives it its input and an empty line, and leaves the rest to the caller.
  Task<std::unique_ptr<container::ExecStream>> open(std::string space, PodCommand command,
                                                    std::map<std::string, std::string> values);

 private:
  Task<container::ExecSpec> exec_in_ready_pod(std::string space, PodCommand command);

  kube::Mirror& mirror_;
  container::Engine& engine_;
};

}  // namespace gf::addon
