#pragma once
#include "addon/addon_service.hpp"
#include "cluster/cluster_service.hpp"
#include "delivery/delivery.hpp"
#include "deploy/deploy_service.hpp"
#include "environment/cargo.hpp"
#include "forward/forward.hpp"
#include "operation/engine.hpp"
#include "project/project_file.hpp"
#include "project/registry.hpp"
#include "project/seed.hpp"
#include "sleep/sleeper.hpp"

namespace gf::environment {

/// Of an action that `cannot` be done, for want of a cluster.
Error no_cluster(const std::string& cannot);

/// The kind of operation that wakes an app ("project/app") or an addon, its subject.
inline constexpr const char* wake_kind = "wake";

/// The long actions on the whole: up, down, addons, rollouts, and coming back by itself after a restart of the daemon,
/// of the engine or of the machine. Each is a kind of operation whose steps are "ensure". Io thread only.
class Environment {
 public:
  struct Collaborators {
    Executor executor;
    Clock& clock;
    WorkerPool& workers;
    operation::Engine& operations;
    cluster::ClusterService& cluster;
    kube::CurrentKubeApi& kube;
    kube::Mirror& mirror;
    node::Links& links;
    image::ImageService& images;
    addon::AddonService& addons;
    deploy::DeployService& deploy;
    forward::ForwardService& forwards;
    project::Registry& registry;
    sleep::Sleeper& sleeper;
    container::Engine& engine;
    std::function<void(const std::string& subject, const std::string& sentence)> warn;
    std::function<void(const std::string& project)> purged;
  };
  Environment(Collaborators with, state::Document wanted);

  /// Each begins an operation and returns it. Bad input throws before anything has begun.
  Task<Operation> up(std::string root);
  Task<Operation> down(bool remove);
  /// Removes all that a project has in the cluster, and forgets it. `root`: its checkout.
  Task<Operation> purge(std::string root);
  /// Makes the project's claim anew, fills it again, and starts the apps that use it.
  Task<Operation> reset(std::string project, std::string addon);
  Task<Operation> enable(std::string addon, std::string profile);
  Operation disable(const std::string& addon, bool cascade, bool purge);
  /// Brings in what stands in the checkout, replica by replica, though it was rolled back.
  Task<Operation> deploy(std::string project, std::string app);
  /// Back to the version that begins with `to` ("" = the former one), replica by replica. The checkout's comes in again
  /// when it changes, or by deploy().
  Task<Operation> roll_back(std::string project, std::string app, std::string to);
  /// Wakes an app ("project/app") or an addon.
  Operation wake(const std::string& name);
  /// Brings in what stands in the checkout as soon as nothing else holds the project.
  void request_rollout(const std::string& project, const std::string& app);
  /// Resumes when the project's checkout is followed and what is in its cluster known. Throws Error(not_found),
  /// Error(cluster_unavailable).
  Task<> reach_project(std::string project);
  using ClaimNames = std::map<std::string, std::vector<std::string>>;  ///< addon → its variables
  /// Ensures what the app uses.
  Task<ClaimNames> claims(std::string project, AppSpec app, operation::Context& context);

  /// Follows the engine and brings back what is wanted: for the daemon's whole life.
  void start();
  Task<> stop();

  /// A sentence about a damaged file that was kept aside, else "".
  std::string warning() const;
  project::Vocabulary vocabulary() const;
  const cluster::Observation& cluster_seen() const { return seen_; }
  /// Addon → seeded | changed (the files, since they were applied) | failed.
  std::map<std::string, std::string> seeds(const std::string& project) const;
  /// Who has asked, in the words of AddonService.
  static std::string asker(const std::string& project) { return "project/" + project; }
  static std::string forward_name(const std::string& project, const std::string& app) { return project + '/' + app; }
  /// The port on localhost of a forward, 0 when there is none.
  int port_of(const std::string& forward) const;

 private:
  void add_kinds();
  Task<Json> run_up(std::string root, operation::Context& context);
  Task<Json> run_down(bool remove, operation::Context& context);
  Task<Json> run_restore(operation::Context& context);
  Task<Json> run_addons(operation::Context& context, std::string purge);
  Task<Json> run_rollout(std::string project, std::string app, operation::Context& context);
  Task<Json> run_wake(std::string name, operation::Context& context);
  Task<> rouse_all(ProjectSpec spec);
  Task<Json> run_rollback(std::string project, std::string app, std::string to, operation::Context& context);
  Task<Json> run_purge(std::string project, operation::Context& context);
  Task<Json> run_reset(std::string project, std::string addon, operation::Context& context);
  Task<bool> reach_cluster();
  Task<> remove_content(std::string project, operation::Context& context);
  Task<> stop_apps(std::string project, std::vector<std::string> apps);
  Task<std::vector<std::string>> claimed_addons(std::string project);
  Task<> take_back(std::string project, std::string addon, operation::Context& context);
  Task<> remove_namespace(std::string name);
  Task<> save_secrets(operation::Context& context);

  Task<> ensure_cluster(ClusterSpec spec, operation::Context& context);
  Task<std::vector<std::string>> mounting_checkouts();
  void require_mount(const ProjectSpec& project) const;
  Task<> wait_fresh(std::set<std::string> nodes, std::string since, operation::Context& context);
  Task<> tell_addresses();
  Task<> nudge_pods(std::set<std::string> nodes);
  /// One `gf up` under way. What changes here wakes who waits for mirror.changed().
  struct Rise {
    Cargo cargo;
    bool images = false, cluster = false;
  };
  Task<> bring_cluster(ProjectSpec spec, Rise& rise, operation::Context& context);
  Task<> bring_images(ProjectSpec spec, Rise& rise, operation::Context& context);
  Task<> start_all(ProjectSpec spec, Rise& rise, operation::Context& context);
  Task<> obtain_addon_images(Cargo& cargo, operation::Context& context);
  Task<> build_app(std::string project, std::string app, Cargo& cargo, operation::Context& context);
  Task<> load_cargo(Cargo& cargo, std::size_t nodes, operation::Context& context);
  Task<> load_into(std::vector<std::string> nodes, std::vector<std::string> references, operation::Context& context);

  Task<> start_app(ProjectSpec spec, AppSpec app, operation::Context& context);
  Task<std::vector<std::string>> claim(std::string project, std::string addon, operation::Context& context);
  Task<> claim_only(ProjectSpec spec, std::string addon, operation::Context& context);
  Task<std::vector<std::string>> claim_and_seed(std::string project, std::string addon, operation::Context& context);
  Task<> check_seeds(ProjectSpec spec);
  Task<> wait_names();
  Task<> seed(const addon::AddonSpec& spec, std::string project, addon::SeedMark mark,
              const std::vector<project::SeedFile>& files, operation::Context& context);
  Task<> ensure_namespace(ProjectSpec project);
  Task<> open_forwards();
  Task<> follow_engine();
  Task<> look();
  Task<> attach_projects();
  Task<> end_operations(std::function<bool(const Operation&)> which);
  Task<> end_rollouts();
  Task<> halt_deliveries(std::string project);
  Task<> recheck_later(std::string project);
  Task<> recheck_synced(std::string project);
  void set_wanted(bool running);

  Collaborators with_;
  state::Document document_;
  bool wanted_ = false;  ///< the user wants the cluster to run
  /// Bringing it back has failed from there: trying again would only fail again.
  std::optional<cluster::Presence> gave_up_;
  cluster::Observation seen_;
  Signal looked_, claimed_;
  std::set<std::string> claiming_;            ///< "project/addon": just now
  std::map<std::string, std::string> seeds_;  ///< "project/addon" → how its seed stands
  TaskGroup following_;
};

}  // namespace gf::environment
