#pragma once
#include <list>

#include "deploy/history.hpp"

namespace gf::deploy {

using Claims = std::map<std::string, std::vector<std::string>>;  ///< addon → variable names

/// What brings versions into the cluster: a seam.
class VersionSteps {
 public:
  virtual ~VersionSteps() = default;
  virtual source::Snapshot seen(const std::string& project) const = 0;  ///< the checkout as it is now
  /// The image that the app asks for in that state, not built.
  virtual Task<BuiltImage> named(std::string project, AppSpec app, std::shared_ptr<const source::Tree> tree,
                                 operation::Context& context) = 0;
  /// Builds it unless the engine has it, or, where that `suffices`, all nodes. Throws Error(build_failed).
  virtual Task<> build(std::string project, AppSpec app, std::shared_ptr<const source::Tree> tree, BuiltImage image,
                       bool nodes_suffice, operation::Context& context) = 0;
  /// What the replicas were told to run last, empty when there are none.
  virtual Running running(const std::string& project, const std::string& app) const = 0;
  /// Image into the nodes, objects into the cluster; resumes when the replicas are ready. Throws Error(deploy_failed).
  virtual Task<> start_version(std::string project, AppSpec app, Running wanted, Claims claims,
                               operation::Context& context) = 0;
  /// What to put back when the version that was started last fails; `serving`: the key of the one that is known to
  /// have been ready, may be empty.
  virtual Task<std::optional<LastGood>> last_good(std::string project, std::string app, std::string serving) = 0;
  /// Its replicas again, without new ones where they still run. Throws Error(deploy_failed).
  virtual Task<> put_back(std::string project, AppSpec app, LastGood good, Running noted, Claims claims,
                          operation::Context& context) = 0;
};

/// Brings versions of rolling apps in, and puts the last good one back when a version does not become ready:
///   name ─▶ build ─▶ start ─ ready ─▶ serving
///             └──────────┴─ the checkout asks for another: from the beginning, at once
///                        └─ not ready in time, or hopeless ─▶ put back ─▶ failed
/// Cancelled, or killed with the daemon, it stands where it is: before `start` nothing has changed, after it the former
/// replicas serve until the new ones are ready, and is_unfinished() says that somebody must go on. Io thread only.
class Rolling {
 public:
  /// `came_in` hears of every version that has become ready.
  Rolling(Executor executor, VersionSteps& steps, History& history, std::function<void()> came_in);

  /// The checkout asks for the image `key` now: what is on its way with another one is cancelled. Whether something is
  /// on its way that takes up what the checkout asks for.
  bool asked(const std::string& project, const std::string& app, const std::string& key);
  /// Whether what was started last was never judged, and nobody is about to.
  bool is_unfinished(const std::string& project, const std::string& app);

  /// The image that the checkout asks for, built. A superseded build is cancelled, and the newer one begun.
  Task<BuiltImage> provide(std::string project, AppSpec app, bool nodes_suffice, operation::Context& context);
  /// See DeployService::roll_out().
  Task<> roll_out(std::string project, AppSpec app, Claims claims, operation::Context& context);
  /// Starts `wanted`, whatever the checkout asks for; what served is put back when that fails.
  Task<> bring_in(std::string project, AppSpec app, Running wanted, Claims claims, operation::Context& context);

 private:
  class Way;
  Task<BuiltImage> provide_on(Way& way, std::string project, AppSpec app, bool nodes_suffice,
                              operation::Context& context);
  Task<bool> bring_in_on(Way& way, std::string project, AppSpec app, Running wanted, Claims claims,
                         operation::Context& context);
  Task<bool> unless_superseded(Way& way, Task<> work);
  Task<> finish(Task<> work, bool& done);
  Task<> watch(Way& way, bool& done);
  Task<Error> put_back(std::string project, AppSpec app, Running failed, std::string passed_over, Claims claims,
                       Error error, operation::Context& context);
  std::string described(const std::string& project, const std::string& app, const std::string& key) const;

  VersionSteps& steps_;
  History& history_;
  std::function<void()> came_in_;
  Signal changed_;
  std::list<Way*> under_way_;
};

}  // namespace gf::deploy
