#pragma once
#include <map>

#include "core/clock.hpp"
#include "delivery/delivery.hpp"
#include "operation/engine.hpp"
#include "state/document.hpp"

namespace gf::delivery {

/// The replicas of an app: those that serve, and those of a new version beside them.
enum class Slot { stable, next };

/// What runs: a seam.
class Versions {
 public:
  virtual ~Versions() = default;
  /// Resumes when the project can be worked upon: after a restart of the daemon that takes a moment.
  /// Throws Error(cluster_unavailable), Error(not_found).
  virtual Task<> reach(std::string project) = 0;
  /// Builds the image that the checkout asks for now and puts it into the nodes.
  virtual Task<Image> provide(std::string project, std::string app, operation::Context& context) = 0;
  /// The image that the replicas run, empty when there are none.
  virtual Image running(const std::string& project, const std::string& app, Slot slot) const = 0;
  /// Resumes when all replicas serve. Throws Error(deploy_failed).
  virtual Task<> start(std::string project, std::string app, Slot slot, Image image, operation::Context& context) = 0;
  /// Divides the requests as DeliveryService::routing_of() says now. That is asked wherever the app's routes are made,
  /// so that a `gf up` in between does not undo it.
  virtual Task<> route(std::string project, std::string app) = 0;
  virtual Task<> remove_next(std::string project, std::string app) = 0;
};

/// What the proxies count: a seam. nullopt when nobody can be asked.
class Traffic {
 public:
  virtual ~Traffic() = default;
  virtual Task<std::optional<Samples>> ask(std::string project, std::string app, int seconds) = 0;
};

/// Brings new versions of apps in, as their strategy says. Each delivery goes on over restarts of the daemon; a
/// cancelled one stands where it is. Io thread only.
class DeliveryService {
 public:
  struct Collaborators {
    Clock& clock;
    operation::Engine& operations;
    Versions& versions;
    Traffic& traffic;
  };
  DeliveryService(Collaborators with, state::Document document);

  /// Brings in what stands in the checkout now, or goes on with what has begun; what waits in preview gives way to what
  /// is newer. Throws Error(conflict) when one is under way.
  Operation deploy(const std::string& project, const std::string& app, Strategy strategy, const CanarySpec& canary);
  /// To all requests, whatever the gates say; a version that has them becomes the stable one.
  /// Throws Error(not_found) when nothing is under way, Error(conflict).
  Operation promote(const std::string& project, const std::string& app);
  /// Back to the stable version. Throws likewise.
  Operation abort(const std::string& project, const std::string& app);

  /// nullptr when there is no new version of it.
  const Delivery* find(const std::string& project, const std::string& app) const;
  /// The operation that works on it, "" when it waits for somebody's word.
  std::string operation(const std::string& project, const std::string& app) const;
  /// What requests of the app are to be given to whom at this moment.
  Routing routing_of(const std::string& project, const std::string& app) const;
  /// The project was removed with all that ran.
  void forget(const std::string& project);
  /// A sentence about a damaged file that was kept aside, else "".
  std::string warning() const;

 private:
  using Key = std::string;  ///< "project/app"
  Operation wish(const std::string& project, const std::string& app, Wish wish);
  void enter(Delivery& delivery, Phase phase, std::size_t step = 0);
  bool is_still(const Delivery& told) const;
  void save();

  // What the operation does: progress.cpp.
  Task<Json> run(Json parameters, operation::Context& context);
  Task<> begin(Json parameters, operation::Context& context);
  Task<> go_on(Key key, operation::Context& context);
  Task<> perform(Delivery told, operation::Context& context);
  Task<> start(Delivery told, operation::Context& context);
  Task<> shift(Delivery told, operation::Context& context);
  Task<> hold(Delivery told, operation::Context& step);
  void take(const Judgement& judgement, Delivery& delivery);
  Task<> become_stable(Delivery told, operation::Context& context);
  Task<> remove_next(Delivery told, operation::Context& context);

  Collaborators with_;
  state::Document document_;
  std::map<Key, Delivery> deliveries_;
};

}  // namespace gf::delivery
