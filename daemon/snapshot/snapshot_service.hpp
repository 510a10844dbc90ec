#pragma once
#include "addon/addon_service.hpp"
#include "kube/current_api.hpp"
#include "operation/engine.hpp"
#include "snapshot/node_script.hpp"
#include "state/document.hpp"

namespace gf::snapshot {

/// The volumes of addons as they were at an instant, kept on the nodes they lie on: quick to make and to go back to,
/// and gone with the cluster. Each action is an operation. Io thread only.
class SnapshotService {
 public:
  struct Collaborators {
    Executor executor;
    Clock& clock;
    operation::Engine& operations;
    kube::CurrentKubeApi& kube;
    kube::Mirror& mirror;
    container::Engine& engine;
    addon::AddonService& addons;
  };
  SnapshotService(Collaborators with, state::Document document);

  /// Each begins an operation and returns it. No addons: to save, all that run and keep something; to restore, all that
  /// the snapshot holds. Throws Error(bad_request), Error(not_found), Error(conflict), Error(cluster_unavailable).
  Operation save(const std::string& name, std::vector<std::string> addons);
  Operation restore(const std::string& name, std::vector<std::string> addons);
  Operation remove(const std::string& name);
  /// Those of the cluster that there is now, the oldest first.
  Task<std::vector<Snapshot>> snapshots();
  /// A sentence about a damaged file that was kept aside, else "".
  std::string warning() const;

 private:
  void add_kinds();
  void need_cluster(const std::string& what) const;
  const Snapshot& at(const std::string& name) const;
  void keep();
  Operation begin(const std::string& kind, const std::string& name, std::vector<std::string> addons);

  Task<Json> run_save(std::string name, std::vector<std::string> addons, operation::Context& context);
  Task<Json> run_restore(std::string name, std::vector<std::string> addons, operation::Context& context);
  Task<Json> run_remove(std::string name, std::vector<std::string> addons, operation::Context& context);
  Task<> save_one(const addon::AddonSpec& spec, std::string name, Part& part, operation::Context& step);
  Task<> restore_one(const addon::AddonSpec& spec, Part part, operation::Context& step);
  Task<> exchange(const addon::AddonSpec& spec, Part part, operation::Context& step);
  Task<> scale(const addon::AddonSpec& spec, int replicas);
  Task<> renew_claims(const addon::AddonSpec& spec);
  Task<std::vector<Volume>> volumes_of(const addon::AddonSpec& spec);
  Task<std::string> cluster_identity();

  Collaborators with_;
  state::Document document_;
  std::map<std::string, Snapshot> snapshots_;
};

}  // namespace gf::snapshot
