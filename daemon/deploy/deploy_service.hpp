#pragma once
#include <set>

#include "deploy/image_builder.hpp"
#include "deploy/mesh_objects.hpp"
#include "deploy/replicas.hpp"
#include "manifest/kustomize.hpp"
#include "manifest/rollout.hpp"

namespace gf::deploy {

struct AppStatus {
  std::string name, state, reason, image;  ///< state: absent | starting | ready | failed
  int replicas = 0, ready = 0;
  std::vector<ReplicaStatus> pods;
  std::optional<LastSync> last_sync;
};

/// Keeps the apps of registered checkouts running what stands in them. Io thread only.
class DeployService {
 public:
  struct Collaborators {
    Executor executor;
    Clock& clock;
    WorkerPool& workers;
    kube::KubeApi& kube;
    kube::Mirror& mirror;
    node::Links& links;
    image::ImageService& images;
    ImageBuilder& builder;
    manifest::Kustomize& kustomize;
    manifest::Rollout& rollout;
    source::SourceWatcher& sources;
    std::function<std::vector<std::string>()> nodes;
    /// An app's image must change: somebody begins an operation that calls roll_out().
    std::function<void(const std::string& project, const std::string& app)> needs_rollout;
    std::function<void(const std::string& project, const std::string& sentence)> warn;
  };
  explicit DeployService(Collaborators with);

  /// Watches the checkout and follows its running replicas from now on. Repeating it takes the new spec over.
  Task<> attach(ProjectSpec spec);
  Task<> detach(std::string project);
  /// Builds the image, without a cluster. Returns its reference.
  Task<std::string> build(std::string project, std::string app, operation::Context& context);
  /// Image into the nodes, objects into the cluster, waits until the app is ready. `claims`: addon → variable names.
  /// Throws Error(build_failed) or Error(deploy_failed); what ran before goes on running.
  Task<> roll_out(std::string project, std::string app, std::map<std::string, std::vector<std::string>> claims,
                  operation::Context& context);
  /// Looks whether the images that run are still those that the checkout asks for.
  void recheck(const std::string& project);
  /// Removes apps of the project that its greenfield.yaml does not name any more.
  Task<> remove_others(std::string project);

  const ProjectSpec* spec(const std::string& project) const;
  const source::Snapshot* snapshot(const std::string& project) const;
  std::vector<AppStatus> status(const std::string& project) const;
  Task<> stop();

 private:
  struct Project {
    ProjectSpec spec;
    source::Snapshot snapshot;
    std::map<std::string, std::unique_ptr<Replicas>> apps;
    std::map<std::string, std::string> deployed;  ///< app → key of the image that was rolled out last
  };
  Project& at(const std::string& project);
  const AppSpec& app_of(const Project& project, const std::string& app) const;
  void changed(const std::string& project, source::Snapshot snapshot);
  Task<> watch(ProjectSpec spec);
  Task<> take_over(ProjectSpec spec);
  std::shared_ptr<bool> end(std::vector<std::unique_ptr<Replicas>> leaving);
  Task<> wait_for(std::shared_ptr<bool> ended);
  Task<> stop_all(std::vector<std::unique_ptr<Replicas>> leaving, std::shared_ptr<bool> ended);
  Task<> check_images(std::string project);
  Task<std::vector<Json>> objects(const Project& project, AppSpec app, std::string image,
                                  std::map<std::string, std::vector<std::string>> claims);
  Task<std::vector<Json>> render(const Project& project, AppSpec app, std::string image);
  Task<> remove_mesh_objects(std::string project, std::vector<MeshObjectName> objects);

  Collaborators with_;
  std::map<std::string, std::unique_ptr<Project>> projects_;
  std::set<std::string> attaching_;  ///< projects whose attach() is under way
  Signal attached_;
  TaskGroup checking_, ending_;
};

}  // namespace gf::deploy
