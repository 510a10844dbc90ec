#pragma once
#include "addon/catalogue.hpp"
#include "core/task_group.hpp"
#include "kube/current_api.hpp"
#include "state/document.hpp"

namespace gf::addon {

/// Secrets that addons make themselves and that must outlive the cluster, like keys without which what was encrypted
/// for them is lost: saved on this machine when they appear, and put back into a cluster that is made anew. Io thread
/// only.
class SavedSecrets {
 public:
  using Warn = std::function<void(const std::string& subject, const std::string& sentence)>;
  SavedSecrets(Executor executor, kube::CurrentKubeApi& kube, const Catalogue& catalogue, state::Document document,
               Warn warn);

  /// Asks the cluster for all there are now, for before it is removed. No effect without a cluster.
  Task<> save();
  /// Creates those of `spec` that the cluster lacks.
  Task<> put_back(const AddonSpec& spec);
  /// Deletes those of `spec` in the cluster and on this machine.
  Task<> remove(const AddonSpec& spec);
  Task<> stop();
  /// A sentence about a damaged file that was kept aside, else "".
  std::string warning() const;

 private:
  using Saved = std::map<std::string, std::map<std::string, Json>>;  ///< addon → name → Secret
  static Saved read(const Json& contents);
  void begin_again();
  void take(const std::string& addon, const Json& secret);
  void write(Saved next);

  kube::CurrentKubeApi& kube_;
  const Catalogue& catalogue_;
  state::Document document_;
  Warn warn_;
  Saved saved_;
  TaskGroup watches_;
};

/// Pure: `secret` without what only this cluster's server knows of it: it can be created in another one.
Json portable(const Json& secret);

}  // namespace gf::addon
