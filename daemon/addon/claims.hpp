#pragma once
#include "addon/pod_command.hpp"
#include "kube/kube_api.hpp"
#include "operation/context.hpp"

namespace gf::addon {

/// What a claim's Secret says of the files that fill it: one of the words, or the digest of the files that did, or "".
struct SeedMark {
  static constexpr const char* fresh = "new";    ///< the claim was made to be filled, and nothing is in it yet
  static constexpr const char* begun = "begun";  ///< nothing but a part of the files is in it
  std::string text;
  bool is_digest() const { return !text.empty() && text != fresh && text != begun; }
};

/// What each project gets of each addon: made inside the addon, kept as one Secret in the project's namespace.
class Claims {
 public:
  Claims(kube::KubeApi& kube, PodCommands& commands) : kube_(kube), commands_(commands) {}

  /// Ensures the claim of `project` on a running addon and returns the names of its environment variables, which stand
  /// as keys in the Secret secret_name(). The password is made once and then kept. A new claim that is `to_be_filled`
  /// is marked so. Throws Error(addon_failed) with what the claim's command said.
  Task<std::vector<std::string>> ensure(const AddonSpec& spec, std::string project, bool to_be_filled = false);

  /// The names of the variables of a claim that was made, without asking the addon; nothing where there is still
  /// something to be made.
  Task<std::optional<std::vector<std::string>>> made(const AddonSpec& spec, std::string project);

  /// Takes the claim away with all that is in it. Its Secret goes last: it tells that there is a claim.
  Task<> remove(const AddonSpec& spec, std::string project);

  Task<SeedMark> seed_mark(const AddonSpec& spec, std::string project);
  Task<> mark_seed(const AddonSpec& spec, std::string project, std::string mark);
  /// Feeds `text` to the addon's shell. Throws Error(addon_failed) with `what` and the shell's words.
  Task<> feed(const AddonSpec& spec, std::string project, std::string text, std::string what);

  /// What the templates of the addon stand for in the claim of `project`, but for host and port; empty when there is no
  /// claim.
  Task<std::map<std::string, std::string>> known(const AddonSpec& spec, std::string project);

  /// The variables with their values, as seen from this machine: the first endpoint stands at 127.0.0.1:`port`.
  /// Empty when there is no claim.
  Task<std::map<std::string, std::string>> localhost_env(const AddonSpec& spec, std::string project, int port);

  /// The addon's native shell as the project's user. Throws Error(not_found) when the project has no claim yet,
  /// Error(addon_failed) when no pod is ready.
  Task<std::unique_ptr<container::ExecStream>> connect(const AddonSpec& spec, std::string project, bool tty);

  static constexpr const char* label = "greenfield.dev/claim";  ///< of the Secrets; its value is the addon
  static std::string secret_name(const std::string& addon) { return "claim-" + addon; }

 private:
  Task<std::map<std::string, std::string>> values(const AddonSpec& spec, std::string project, std::string password);
  Task<std::map<std::string, std::string>> shell_values(const AddonSpec& spec, std::string project);

  kube::KubeApi& kube_;
  PodCommands& commands_;
};

}  // namespace gf::addon
