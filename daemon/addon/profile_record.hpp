#pragma once
#include "addon/addon_spec.hpp"
#include "core/task.hpp"
#include "kube/kube_api.hpp"

namespace gf::addon {

/// How far an addon has come in a profile.
struct ProfileRecord {
  std::string profile;    ///< the one that it stands in, "" when it was never started
  std::string previous;   ///< the one that was left, while it still has volumes
  bool gathered = false;  ///< its first member holds everything: it can be left without being started again
  bool operator==(const ProfileRecord&) const = default;
};

/// Pure: as the data of a ConfigMap, and back. What cannot be read counts as never started.
Json to_json(const ProfileRecord& record);
ProfileRecord record_from(const Json& data);

/// Pure: the profiles of which objects may be in the cluster; all of them when nothing is known.
std::vector<std::string> profiles_present(const AddonSpec& spec, const ProfileRecord& record);

/// Pure: what going from one profile to another will do, a line each; empty when nothing changes.
std::vector<std::string> describe_change(const AddonSpec& spec, const std::string& from, const std::string& to);

/// Keeps the records in the cluster, in the addon's namespace: they go when the cluster goes.
class ProfileRecords {
 public:
  explicit ProfileRecords(kube::KubeApi& kube) : kube_(kube) {}
  Task<ProfileRecord> read(const AddonSpec& spec);
  Task<> write(const AddonSpec& spec, ProfileRecord record);
  Task<> remove(const AddonSpec& spec);

 private:
  kube::KubeApi& kube_;
};

}  // namespace gf::addon
