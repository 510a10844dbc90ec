#include "environment/environment.hpp"

#include <algorithm>

#include "core/backoff.hpp"
#include "protocol/error.hpp"

namespace gf::environment {

namespace {

constexpr const char* kind_cluster_label = "io.x-k8s.kind.cluster";
constexpr const char* user = "user";

}  // namespace

Environment::Environment(Collaborators with, state::Document wanted)
    : with_(std::move(with)),
      document_(std::move(wanted)),
      looked_(with_.executor),
      claimed_(with_.executor),
      following_(with_.executor, [this](const std::string& name, std::exception_ptr thrown) {
        with_.warn(name, error_from(thrown).message());
      }) {
  wanted_ = document_.load([](const Json& json) { return json.at("running").get<bool>(); });
  add_kinds();
}

std::string Environment::warning() const {
  return document_.warning("whether the cluster shall run", "`gf up` brings it back");
}

project::Vocabulary Environment::vocabulary() const {
  project::Vocabulary vocabulary{with_.addons.catalogue().names(), {"kind"}};
  for (const auto& [name, spec] : with_.addons.catalogue().all()) {
    if (!spec.modes.empty()) vocabulary.modes[name] = spec.modes;
    if (auto why = spec.why_never_asleep(); !why.empty()) vocabulary.sleepless[name] = std::move(why);
    vocabulary.needs[name] = spec.requires_;
  }
  return vocabulary;
}

void Environment::set_wanted(bool running) {
  Json contents;
  contents["running"] = running;
  document_.save(contents);
  wanted_ = running;
  gave_up_.reset();
}

Task<ProjectSpec> Environment::load(std::string root) {
  auto loading = offload(with_.workers, project::load, root, vocabulary());
  auto spec = co_await std::move(loading);
  auto placing = offload(with_.workers, source::place_name, root);
  const auto place = co_await std::move(placing);
  spec.name = with_.registry.name_of(root, spec.declared, place);
  co_return spec;
}

Task<Operation> Environment::up(std::string root) {
  auto finding = offload(with_.workers, source::find_root, root);
  root = co_await std::move(finding);
  auto loading = load(root);
  const auto spec = co_await std::move(loading);
  auto checking = check_seeds(spec);
  co_await std::move(checking);
  auto checking_images = with_.addons.check_images(spec.addons);
  co_await std::move(checking_images);
  auto ending = end_rollouts();
  co_await std::move(ending);
  Json parameters;
  parameters["project"] = spec.name;
  parameters["root"] = spec.root;
  with_.operations.refuse_conflict("up", parameters);
  with_.registry.put({spec.name, spec.root, true, spec.declared});
  with_.addons.want(asker(spec.name), spec.addons);
  co_return with_.operations.start("up", parameters);
}

Task<Operation> Environment::enable(std::string addon, std::string profile) {
  const auto& spec = with_.addons.catalogue().at(addon);
  if (profile.empty()) profile = spec.profiles.contains("dev") ? "dev" : spec.profiles.begin()->first;
  if (!with_.kube.available())
    throw Error(ErrorCode::cluster_unavailable, "cannot enable " + addon + ": the cluster does not run", "gf up");
  std::map<std::string, std::string> one;
  one[addon] = profile;
  auto checking = with_.addons.check_images(std::move(one));
  co_await std::move(checking);
  Json parameters;
  parameters["addon"] = addon;
  with_.operations.refuse_conflict("addon-enable", parameters);
  with_.addons.want_also(user, addon, profile);
  co_return with_.operations.start("addon-enable", parameters);
}

Operation Environment::disable(const std::string& addon, bool cascade, bool purge) {
  with_.addons.catalogue().at(addon);
  if (!with_.kube.available())
    throw Error(ErrorCode::cluster_unavailable, "cannot disable " + addon + ": the cluster does not run", "gf up");
  Json parameters;
  parameters["addon"] = addon;
  parameters["purge"] = purge;
  with_.operations.refuse_conflict("addon-disable", parameters);
  with_.addons.drop(addon, user, cascade);
  return with_.operations.start("addon-disable", parameters);
}

int Environment::port_of(const std::string& name) const {
  for (const auto& forward : with_.forwards.list())
    if (forward.name == name) return forward.port;
  return 0;
}

Task<> Environment::look() {
  auto looking = with_.cluster.observe();
  seen_ = co_await std::move(looking);
  looked_.notify_all();
}

/// The engine's events tell when a node died, came back or was removed behind our back.
Task<> Environment::follow_engine() {
  Backoff backoff(std::chrono::milliseconds(100), std::chrono::seconds(5));
  Json filters;
  filters["type"] = Json::array({"container"});
  filters["event"] = Json::array({"start", "die", "destroy"});
  filters["label"] = Json::array({std::string(kind_cluster_label) + '=' + with_.cluster.name()});
  for (;;) {
    try {
      auto opening = with_.engine.events(filters);
      const auto events = co_await std::move(opening);
      backoff.reset();
      for (;;) {
        auto looking = look();
        co_await std::move(looking);
        if (wanted_ && gave_up_ != seen_.presence &&
            (seen_.presence == cluster::Presence::stopped || seen_.presence == cluster::Presence::absent) &&
            !with_.registry.all().empty()) {
          try {
            with_.operations.start("restore", Json::object());
          } catch (const Error& error) {
            if (error.code() != ErrorCode::conflict) throw;  // it is being worked upon already
          }
        }
        auto reading = events->read_line();
        const auto line = co_await std::move(reading);
        if (!line) break;
      }
    } catch (const Error& error) {
      if (error.code() == ErrorCode::cancelled) throw;
      seen_.reason = error.message();
    } catch (const boost::system::system_error& error) {
      if (error.code() == net::error::operation_aborted) throw;
    }
    auto waiting = with_.clock.sleep_for(backoff.next());
    co_await std::move(waiting);
  }
}

void Environment::start() {
  for (const auto& place : with_.operations.resume())
    with_.warn("state", "the journal of an operation was damaged and is kept at " + place.string());
  following_.spawn("follow the engine", follow_engine());
  following_.spawn("take the projects up again", attach_projects());
}

Task<> Environment::attach_projects() {
  const auto all = with_.registry.all();
  for (const auto& one : all) {
    if (!one.up || with_.deploy.spec(one.name)) continue;
    try {
      auto loading = load(one.root);
      auto spec = co_await std::move(loading);
      if (spec.name != one.name) continue;  // its greenfield.yaml says another name since; `gf up` takes it
      auto attaching = with_.deploy.attach(std::move(spec));
      co_await std::move(attaching);
      following_.spawn("look at " + one.name, recheck_synced(one.name));
    } catch (const Error& error) {
      if (error.code() == ErrorCode::cancelled) throw;
      // Its checkout is gone or broken: `gf status` shows it as such, the others go on.
    }
  }
  with_.sleeper.look_again();
  if (wanted_) {
    auto opening = open_forwards();
    co_await std::move(opening);
  }
}

Task<> Environment::stop() {
  auto stopping = following_.stop();
  co_await std::move(stopping);
}

}  // namespace gf::environment
