#include "deploy/data_mark.hpp"
#include "deploy/deploy_service.hpp"
#include "protocol/error.hpp"

// The way back: to a version that somebody names, and to the last good one.
namespace gf::deploy {

Task<std::string> DeployService::find_version(std::string name, std::string app_name, std::string prefix) {
  const auto version = with_.history.one(name, app_name, prefix);
  const auto nodes = with_.nodes();
  auto looking = with_.images.at_hand(version.image.reference, nodes);
  if (co_await std::move(looking)) co_return version.image.key;
  std::string there;
  for (const auto& one : with_.history.versions(name, app_name)) {
    auto asking = with_.images.at_hand(one.image.reference, nodes);
    if (co_await std::move(asking)) there += (there.empty() ? "" : ", ") + one.image.key;
  }
  throw Error(ErrorCode::not_found,
              "cannot roll " + app_name + " back to " + version.image.key +
                  ": the engine does not hold it, and the nodes neither hold it nor can pull it",
              version.commit.empty() ? "gf history " + app_name
                                     : "check out " + version.commit.substr(0, 8) + ", and it is built again",
              there.empty() ? "they hold none" : "they hold: " + there);
}

Task<> DeployService::roll_back(std::string name, std::string app_name, std::string to, Claims claims,
                                operation::Context& context) {
  const auto app = app_of(at(name), app_name);
  std::optional<BuiltImage> former;
  if (!to.empty()) {
    former = with_.history.one(name, app_name, to).image;
  } else {
    auto listing = with_.kube.list("apps/v1", "ReplicaSet", name, std::string(app_label) + '=' + app_name);
    const auto replica_sets = co_await std::move(listing);
    if (const auto* deployment = with_.mirror.find("Deployment", name, app_name))
      former = former_image(*deployment, replica_sets);
  }
  if (!former)
    throw Error(ErrorCode::not_found, "cannot roll " + app_name + " back: the cluster knows no former version of it",
                "take the change back in the checkout, then gf deploy " + app_name);
  const auto now = running(name, app_name);
  Running wanted{*former, now.passed_over.empty() ? now.image.key : now.passed_over};
  if (wanted.passed_over == wanted.image.key) wanted.passed_over.clear();  // to what the checkout asks for
  auto bringing = rolling_.bring_in(name, app, std::move(wanted), std::move(claims), context);
  co_await std::move(bringing);
}

void DeployService::end_roll_back(const std::string& name, const std::string& app_name) {
  auto now = running(name, app_name);
  if (now.passed_over.empty()) return;
  now.passed_over.clear();
  at(name).deployed[app_name] = std::move(now);
}

Task<std::optional<LastGood>> DeployService::last_good(std::string name, std::string app_name, std::string serving) {
  auto listing = with_.kube.list("apps/v1", "ReplicaSet", name, std::string(app_label) + '=' + app_name);
  const auto replica_sets = co_await std::move(listing);
  const auto* deployment = with_.mirror.find("Deployment", name, app_name);
  if (!deployment) co_return std::nullopt;
  co_return deploy::last_good(*deployment, replica_sets, serving);
}

/// Applied past Rollout::apply(): that would mark the pods' template anew, and all pods would be made again.
Task<> DeployService::put_back(std::string name, AppSpec app, LastGood good, Running noted, Claims claims,
                               operation::Context& context) {
  at(name).deployed[app.name] = noted;
  auto making = objects(at(name), app, good.image.reference, std::move(claims));
  auto made = co_await std::move(making);
  for (auto& object : made) {
    if (object.value("kind", "") != "Deployment" || object.at("metadata").value("name", "") != app.name) continue;
    note_running(object, noted);
    deploy::put_back(object, good);
    note_data(object, with_.used_data(name, app));
    auto applying = with_.kube.apply(std::move(object));
    const auto stored = co_await std::move(applying);
    manifest::Applied workload{"Deployment", name, app.name,
                               stored.at("metadata").value("generation", std::int64_t{0})};
    auto waiting = with_.rollout.wait(std::move(workload), ready_limit(app), context);
    co_await std::move(waiting);
  }
}

}  // namespace gf::deploy
