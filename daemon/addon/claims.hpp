#pragma once
#include "addon/claim_secret.hpp"
#include "addon/pod_command.hpp"
#include "kube/kube_api.hpp"
#include "operation/context.hpp"

namespace gf::addon {

/// What each project gets of each addon: made inside the addon, kept as one Secret in the project's namespace.
/// A branch of the project's checkout may have data of its own in it, which its variables then lead to.
class Claims {
 public:
  using Values = std::map<std::string, std::string>;
  Claims(kube::KubeApi& kube, PodCommands& commands) : kube_(kube), commands_(commands) {}

  /// Ensures the claim of `project` on a running addon and returns the names of its environment variables, which stand
  /// as keys in the Secret secret_name(). The password is made once and then kept. A new claim that is `to_be_filled`
  /// is marked so. Throws Error(addon_failed) with what the claim's command said.
  Task<std::vector<std::string>> ensure(const AddonSpec& spec, std::string project, bool to_be_filled = false);

  /// The names of the variables of a claim that was made and leads to the data of `branch`, without asking the addon;
  /// nothing where there is still something to be made.
  Task<std::optional<std::vector<std::string>>> made(const AddonSpec& spec, std::string project, std::string branch);

  /// Lets the variables of an ensured claim lead to the data of `branch` ("" = the base branch), which begin as those
  /// of the base branch are at the time. No effect where the addon cannot. Throws Error(addon_failed), and then they
  /// lead where they led.
  Task<> follow(const AddonSpec& spec, std::string project, std::string branch);
  /// Which branches have data of their own.
  Task<BranchRecord> branches(const AddonSpec& spec, std::string project);
  /// Takes the data of a branch away that is not the current one.
  Task<> remove_branch(const AddonSpec& spec, std::string project, std::string branch);

  /// Takes the claim away with all that is in it, of all branches. Its Secret goes last: it tells that there is a
  /// claim.
  Task<> remove(const AddonSpec& spec, std::string project);

  Task<SeedMark> seed_mark(const AddonSpec& spec, std::string project);
  Task<> mark_seed(const AddonSpec& spec, std::string project, std::string mark);
  /// Feeds `text` to the addon's shell, which is that of the base branch. Throws Error(addon_failed) with `what` and
  /// the shell's words.
  Task<> feed(const AddonSpec& spec, std::string project, std::string text, std::string what);

  /// What the templates of the addon stand for in the claim of `project`, but for host and port; empty when there is no
  /// claim.
  Task<Values> known(const AddonSpec& spec, std::string project);

  /// The variables with their values, as seen from this machine: the first endpoint stands at 127.0.0.1:`port`.
  /// Empty when there is no claim.
  Task<Values> localhost_env(const AddonSpec& spec, std::string project, int port);

  /// The addon's native shell as the project's user. Throws Error(not_found) when the project has no claim yet,
  /// Error(addon_failed) when no pod is ready.
  Task<std::unique_ptr<container::ExecStream>> connect(const AddonSpec& spec, std::string project, bool tty);

  static constexpr const char* label = claim_label;
  static std::string secret_name(const std::string& addon) { return "claim-" + addon; }

 private:
  struct Branch {
    std::string name;
    int number = 0;  ///< 0 = the base branch
  };
  static Branch current(const BranchRecord& record);
  Task<Values> values(const AddonSpec& spec, std::string project, std::string password, Branch branch);
  Task<> lead_to(const AddonSpec& spec, std::string project, std::string password, ClaimNotes notes);
  Task<Values> shell_values(const AddonSpec& spec, std::string project);

  kube::KubeApi& kube_;
  PodCommands& commands_;
};

}  // namespace gf::addon
