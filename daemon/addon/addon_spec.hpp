#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/json.hpp"

namespace gf::addon {

struct Workload {
  std::string kind, name;
};

/// A command that an addon brings along, to be run in a ready pod of its own.
struct PodCommand {
  Workload workload;
  std::string container;
  std::vector<std::string> command;
  std::string input;  ///< template
};

struct Profile {
  std::filesystem::path path;  ///< its kustomization
  int memory_mib = 0;          ///< measured working set, idle
  int cpu_millicores = 0;
  double start_seconds = 0;
  std::vector<std::string> images = {};             ///< besides those of all profiles
  std::optional<PodCommand> gather = std::nullopt;  ///< makes its first member hold everything, before it is left
  std::optional<PodCommand> spread = std::nullopt;  ///< lets new members have their share, once it is ready
};

struct Endpoint {
  std::string name, service;
  int port = 0;
  int localhost_port = 0;          ///< preferred
  int localhost_service_port = 0;  ///< of the Service: where the localhost port leads
  std::string protocol;            ///< tcp | http
};

struct SecretSpec {
  std::string name;
  std::map<std::string, int> keys;  ///< key → length of the random value
};

/// How a branch of a project's checkout gets data of its own within the claim.
struct BranchClaim {
  std::map<std::string, std::string> values;  ///< name → template over the values of the base branch, which it replaces
  int most = 0;                               ///< branches, 0 = there is no end of them
  PodCommand create, remove;                  ///< twice is the same as once
};

/// What one project gets of an addon.
struct Claim {
  std::map<std::string, std::string> values;  ///< name → template
  std::optional<PodCommand> create, remove;   ///< twice is the same as once
  std::map<std::string, std::string> env;     ///< variable → template
  std::optional<BranchClaim> branches;        ///< nothing: its data do not follow branches
};

/// How what one project has of an addon gets into a file and back. The values come on standard input, ended by an empty
/// line; the bytes leave `dump` on standard output and follow the values into `restore`. A restore that cannot replace
/// the former content as a whole says "replacing" on standard output before it begins to.
struct BackupCommands {
  std::string extension;
  PodCommand dump, restore;
};

/// addons/<name>/addon.yaml. Its keys are described in addons/schema.json.
struct AddonSpec {
  std::string name, summary, version, space;
  std::filesystem::path folder;
  std::vector<std::string> requires_, conflicts, images;
  std::map<std::string, Profile> profiles;
  std::map<std::string, std::string> modes;  ///< mode → the addon that it is then
  std::vector<Endpoint> endpoints;
  std::vector<SecretSpec> secrets;
  std::vector<Workload> ready;
  std::optional<Claim> claim;
  std::optional<PodCommand> connect;  ///< its native shell, as the user of a claim
  std::optional<BackupCommands> backup;
  std::vector<std::string> volumes;
  std::string saved_secrets;  ///< label of Secrets of its own that outlive the cluster, "" when it has none
  /// What it runs in `profile`.
  std::vector<std::string> images_of(const std::string& profile) const;
  std::string never_sleeps;  ///< why it must run though nobody is connected with it, else ""
  /// The same, also for one without a port on localhost: the end of a sentence.
  std::string why_never_asleep() const;
  std::string stand_in;  ///< what our own image holds in place of the genuine server, else ""
};

/// Reads one addon.yaml. `versions` are the rows of images/versions.env: a version that is the name of a row is looked
/// up there. Throws Error(bad_config) naming the file and the key.
AddonSpec read_addon(const std::string& text, const std::filesystem::path& folder,
                     const std::map<std::string, std::string>& versions);

/// Pure: "{{name}}" replaced by its value; names without value stay as they are.
std::string fill(const std::string& text, const std::map<std::string, std::string>& values);

}  // namespace gf::addon
