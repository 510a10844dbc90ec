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

  /// What the templates of the addon stand for in the claim of `project`, but for host and port; empty when there is no
  /// claim.
  Task<std::map<std::string, std::string>> known(const AddonSpec& spec, std::string project);

  /// The variables with their values, as seen from this machine: the first endpoint stands at 127.0.0.1:`port`.
  /// Empty when there is no claim.
  Task<std::map<std::string, std::string>> localhost_env(const AddonSpec& spec, std::string project, int port);

  static std::string secret_name(const std::string& addon) { return "claim-" + addon; }

 private:
  Task<std::map<std::string, std::string>> values(const AddonSpec& spec, std::string project, std::string password);

  kube::KubeApi& kube_;
  PodCommands& commands_;
};

}  // namespace gf::addon
