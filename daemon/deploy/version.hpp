#pragma once
#include <optional>
#include <vector>

#include "deploy/image_builder.hpp"

namespace gf::deploy {

/// Pure: the new version of an app as an app of its own, beside the stable one: its Deployment, Service and identity
/// end with "-next". It is reached through the stable one's routes only.
AppSpec next_of(const AppSpec& app);

/// Pure: the app with its requests divided: of all that its routes give to itself, `percent` go to the new version.
AppSpec divided(AppSpec app, int percent);

/// Pure: the app with one more route before all others: requests with the header go to the new version.
AppSpec with_preview(AppSpec app, const std::string& header, const std::string& value);

/// Pure: how long all replicas of a version may take: they come one after the other.
std::chrono::seconds ready_limit(const AppSpec& app);

/// What the replicas of an app run.
struct Running {
  BuiltImage image;
  std::string passed_over;  ///< key of the image that somebody went back from: only a change of the checkout ends that
};

/// Pure: as the Deployment says; empty without one (nullptr).
Running running_in(const Json* deployment);
/// Pure: notes it in the Deployment.
void note_running(Json& deployment, const Running& running);

/// Replicas that were ready once, as their ReplicaSet has them.
struct LastGood {
  BuiltImage image;
  Json pod_template;
};

/// Pure: of the Deployment's other ReplicaSets the one of the version `serving`, else one that serves still; that only
/// when it is the version that the Deployment has, with other settings. nullopt when there is none: the first version
/// has nothing before it.
std::optional<LastGood> last_good(const Json& deployment, const std::vector<Json>& replica_sets,
                                  const std::string& serving);
/// Pure: a Deployment with just those replicas, so that those that run still are taken and no others made.
void put_back(Json& deployment, const LastGood& good);

/// Pure: the image to go back to, by the ReplicaSets of the Deployment's project: of those that serve still, else of
/// the newest revision but its own and the one passed over. nullopt when there is none.
std::optional<BuiltImage> former_image(const Json& deployment, const std::vector<Json>& replica_sets);

}  // namespace gf::deploy
