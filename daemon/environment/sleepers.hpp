#pragma once
#include "addon/addon_service.hpp"
#include "deploy/deploy_service.hpp"
#include "operation/engine.hpp"
#include "project/registry.hpp"
#include "sleep/sleeper.hpp"

namespace gf::environment {

/// The apps ("shop/api") and addons ("redis") that may sleep: their Deployments and StatefulSets.
class Sleepers final : public sleep::Workloads {
 public:
  struct Collaborators {
    Clock& clock;
    operation::Engine& operations;
    kube::CurrentKubeApi& kube;
    kube::Mirror& mirror;
    manifest::Rollout& rollout;
    addon::AddonService& addons;
    deploy::DeployService& deploy;
    project::Registry& registry;
  };
  explicit Sleepers(Collaborators with) : with_(with) {}

  Task<> wait_known() override { return with_.mirror.wait_synced(); }
  std::vector<sleep::Member> members() const override;
  bool asleep(const std::string& name) const override;
  Task<> lay(std::string name) override;
  Task<> raise(std::string name) override;
  Task<> wait_ready(std::string name) override;

  /// Who is behind a forward: an app's has its name, an addon's that of an endpoint. "" for none.
  std::string behind(const std::string& forward) const;

 private:
  struct Place {
    std::string kind, space, name;
  };
  std::vector<const Json*> workloads(const std::string& name) const;
  void stand(sleep::Member& member, const std::vector<Operation>& operations) const;
  Task<> change(Place place, Json patch);

  Collaborators with_;
};

/// Pure: whether `operation` works on the app "project/app" or on the addon `member`, or could.
bool concerns(const Operation& operation, const std::string& member);

/// Pure: how long an addon that `wanted_by` ask for must be unused before it sleeps: the longest of what the projects
/// say; 0, never by itself, where somebody says nothing, nobody asks, or a project is not known now.
std::chrono::seconds sleep_after(const std::string& addon, const std::set<std::string>& wanted_by,
                                 const std::vector<const ProjectSpec*>& projects);

}  // namespace gf::environment
