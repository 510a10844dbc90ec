#pragma once
#include "addon/pod_command.hpp"
#include "kube/kube_api.hpp"
#include "operation/context.hpp"

namespace gf::addon {

/// What each project gets of each addon: made inside the addon, kept as one Secret in the project's namespace.
class Claims {
 public:
  Claims(kube::KubeApi& kube, PodCommands& commands) : kube_(kube), commands_(commands) {}

  /// Ensures the claim of `project` on a running addon and returns the names of its environment variables, which stand
  /// as keys in the Secret secret_name(). The password is made once and then kept.
  /// Throws Error(addon_failed) with what the claim's command said.
  Task<std::vector<std::string>> ensure(const AddonSpec& spec, std::string project);

  /// The variables with their values, as seen from this machine: the first endpoint stands at 127.0.0.1:`port`.
  /// Empty when there is no claim.
  Task<std::map<std::string, std::string>> localhost_env(const AddonSpec& spec, std::string project, int port);

  /// The addon's native shell as the project's user. Throws Error(not_found) when the project has no claim yet,
  /// Error(addon_failed) when no pod is ready.
  Task<std::unique_ptr<container::ExecStream>> connect(const AddonSpec& spec, std::string project, bool tty);

  static std::string secret_name(const std::string& addon) { return "claim-" + addon; }

 private:
  Task<std::map<std::string, std::string>> values(const AddonSpec& spec, std::string project, std::string password);
  Task<std::map<std::string, std::string>> shell_values(const AddonSpec& spec, std::string project);

  kube::KubeApi& kube_;
  PodCommands& commands_;
};

}  // namespace gf::addon
