#pragma once
#include <set>

#include "deploy/mesh_objects.hpp"
#include "deploy/replicas.hpp"
#include "deploy/rolling.hpp"
#include "manifest/kustomize.hpp"
#include "manifest/rollout.hpp"

namespace gf::deploy {

struct AppStatus {
  std::string name, state, reason, image;  ///< state: absent | starting | ready | asleep | failed
  int replicas = 0, ready = 0;
  bool rolled_back = false;      ///< from what the checkout still is
  std::string passed_over, why;  ///< the version that it was left for, and why, where it failed
  double asleep_since = 0;       ///< seconds since the epoch, while it sleeps
  int asleep_saves_mib = 0;      ///< what its replicas would request
  std::vector<ReplicaStatus> pods;
  std::optional<LastSync> last_sync;
};

/// Keeps the apps of registered checkouts running what stands in them. Io thread only.
class DeployService : VersionSteps {
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
    /// A save has reached all replicas of the app.
    std::function<void(const std::string& project, const std::string& app, const LastSync& sync)> synced;
    std::function<void()> moved;  ///< another state of a checkout, or another spec of a project, is followed
    /// The app with its requests divided between the stable version and a new one.
    std::function<AppSpec(const std::string& project, AppSpec app)> divide;
    History& history;
    /// A version has come in: others may have become too old to be kept.
    std::function<void()> came_in;
  };
  explicit DeployService(Collaborators with);

  /// Watches the checkout and follows its running replicas from now on. Repeating it takes the new spec over.
  Task<> attach(ProjectSpec spec);
  Task<> detach(std::string project);

  /// Builds the image that the checkout asks for, without a cluster. Returns its reference.
  Task<std::string> build(std::string project, std::string app, operation::Context& context);
  /// Image into the nodes, objects into the cluster, waits until the app is ready. An app whose strategy is not rolling
  /// keeps the version that it runs, and so does one that was rolled back from what the checkout still is; the first
  /// one comes in as it is. When the checkout asks for another meanwhile, that one comes in instead. Throws
  /// Error(build_failed), and what runs goes on running, or Error(deploy_failed) when the version was not ready within
  /// its deadline: then the last good one was put back, if there was one.
  Task<> roll_out(std::string project, std::string app, Claims claims, operation::Context& context);
  /// Back to the image `to`, the former one by default (no key). Throws Error(not_found) when there is none,
  /// Error(deploy_failed).
  Task<> roll_back(std::string project, std::string app, std::string to, Claims claims, operation::Context& context);
  /// The key of the version that begins with `prefix` and that the engine or all nodes still hold.
  /// Throws Error(not_found) with those that there are.
  Task<std::string> find_version(std::string project, std::string app, std::string prefix);
  /// From now on the checkout's version is wanted though it was rolled back.
  void end_roll_back(const std::string& project, const std::string& app);

  // What strategies are made of. A version is an app of the project, or next_of() one.
  /// The image that the checkout asks for now, built and in the nodes.
  Task<BuiltImage> provide(std::string project, std::string app, operation::Context& context);
  /// What the replicas of a version run, empty when there are none.
  Running running(const std::string& project, const std::string& version) const override;
  /// Resumes when the replicas are ready. Throws Error(deploy_failed): nothing is put back.
  Task<> start(std::string project, AppSpec version, Running wanted, Claims claims, operation::Context& context);
  /// Divides the requests as Collaborators::divide says now.
  Task<> route(std::string project, std::string app);
  Task<> remove_next(std::string project, std::string app);

  /// References that were provided a moment ago: an app is about to run them.
  std::set<std::string> in_hand() const;
  /// Looks whether the images that run are still those that the checkout asks for, and were ready.
  void recheck(const std::string& project);
  /// Removes apps of the project that its greenfield.yaml does not name any more.
  Task<> remove_others(std::string project);

  const ProjectSpec* spec(const std::string& project) const;
  /// Throws Error(not_found).
  const AppSpec& app(const std::string& project, const std::string& app) const;
  const source::Snapshot* snapshot(const std::string& project) const;
  std::vector<AppStatus> status(const std::string& project) const;
  /// See Replicas::verify(). Throws Error(not_found).
  Task<std::vector<Verdict>> verify(const std::string& project, const std::string& app, bool repair) {
    app_of(at(project), app);
    return at(project).apps.at(app)->verify(repair);
  }
  Task<> stop();

 private:
  struct Project {
    ProjectSpec spec;
    source::Snapshot snapshot;
    std::map<std::string, std::unique_ptr<Replicas>> apps;
    std::map<std::string, Running> deployed;  ///< version → what it was told to run last
  };
  Project& at(const std::string& project);
  const Project& at(const std::string& project) const;
  const AppSpec& app_of(const Project& project, const std::string& app) const;
  void changed(const std::string& project, source::Snapshot snapshot);
  Task<> watch(ProjectSpec spec);
  Task<> take_over(ProjectSpec spec);
  std::shared_ptr<bool> end(std::vector<std::unique_ptr<Replicas>> leaving);
  Task<> wait_for(std::shared_ptr<bool> ended);
  Task<> stop_all(std::vector<std::unique_ptr<Replicas>> leaving, std::shared_ptr<bool> ended);
  Task<> check_images(std::string project);
  Task<std::vector<Json>> objects(const Project& project, AppSpec app, std::string image, Claims claims);
  Task<std::vector<Json>> render(const Project& project, AppSpec app, std::string image);
  AppSpec divided(const Project& project, const AppSpec& app) const;
  Task<> load(std::string reference, operation::Context& context);
  void take_in_hand(const std::string& reference);

  source::Snapshot seen(const std::string& project) const override { return at(project).snapshot; }
  Task<BuiltImage> named(std::string project, AppSpec app, std::shared_ptr<const source::Tree> tree,
                         operation::Context& context) override;
  Task<> build(std::string project, AppSpec app, std::shared_ptr<const source::Tree> tree, BuiltImage image,
               bool nodes_suffice, operation::Context& context) override;
  Task<> start_version(std::string project, AppSpec version, Running wanted, Claims claims,
                       operation::Context& context) override;
  Task<std::optional<LastGood>> last_good(std::string project, std::string app, std::string serving) override;
  Task<> put_back(std::string project, AppSpec app, LastGood good, Running noted, Claims claims,
                  operation::Context& context) override;

  Task<> remove_app(std::string project, std::string kind, std::string name);
  Task<> remove_mesh_objects(std::string project, std::vector<MeshObjectName> objects);

  Collaborators with_;
  Rolling rolling_;
  std::map<std::string, Clock::time_point> provided_;  ///< reference → when it was taken in hand
  std::map<std::string, std::unique_ptr<Project>> projects_;
  std::set<std::string> attaching_;  ///< projects whose attach() is under way
  Signal attached_;
  TaskGroup checking_, ending_;
};

}  // namespace gf::deploy
