#include "delivery/delivery_service.hpp"

#include "protocol/error.hpp"

namespace gf::delivery {

namespace {

std::string subject_of(const Json& parameters) {
  return key_of(parameters.value("project", ""), parameters.value("app", ""));
}

std::map<std::string, Delivery> read(const Json& json) {
  std::map<std::string, Delivery> all;
  for (const auto& one : json) {
    auto delivery = delivery_from_json(one);
    auto key = key_of(delivery);
    all[std::move(key)] = std::move(delivery);
  }
  return all;
}

}  // namespace

DeliveryService::DeliveryService(Collaborators with, state::Document document)
    : with_(with), document_(std::move(document)), deliveries_(document_.load(read)) {
  operation::Kind kind;
  kind.name = kind_name;
  kind.subject = subject_of;
  // The project's key would keep `gf up` away for as long as a canary takes.
  kind.keys = [](const Json& parameters) { return std::vector<std::string>{"delivery/" + subject_of(parameters)}; };
  kind.body = [this](const Json& parameters) -> operation::Body {
    return [this, parameters](operation::Context& context) { return run(parameters, context); };
  };
  with_.operations.add_kind(std::move(kind));
}

std::string DeliveryService::warning() const {
  return document_.warning("the list of deliveries", "`gf deploy APP` begins anew");
}

const Delivery* DeliveryService::find(const std::string& project, const std::string& app) const {
  const auto found = deliveries_.find(key_of(project, app));
  return found == deliveries_.end() ? nullptr : &found->second;
}

std::string DeliveryService::operation(const std::string& project, const std::string& app) const {
  const auto key = key_of(project, app);
  for (const auto& one : with_.operations.list())
    if (one.kind == kind_name && one.subject == key && !ended(one.state)) return one.id;
  return {};
}

Routing DeliveryService::routing_of(const std::string& project, const std::string& app) const {
  const auto* delivery = find(project, app);
  return delivery ? routing(*delivery) : Routing();
}

void DeliveryService::forget(const std::string& project) {
  std::erase_if(deliveries_, [&](const auto& entry) { return entry.second.project == project; });
  save();
}

void DeliveryService::save() {
  Json all = Json::array();
  for (const auto& [key, one] : deliveries_) all.push_back(to_json(one));
  document_.save(all);
}

void DeliveryService::enter(Delivery& delivery, Phase phase, std::size_t step) {
  delivery.phase = phase;
  delivery.step = step;
  delivery.since = with_.clock.wall_seconds();
  delivery.seen.reset();
  save();
}

/// Whether nobody has changed its phase meanwhile.
bool DeliveryService::is_still(const Delivery& told) const {
  const auto* now = find(told.project, told.app);
  return now && now->phase == told.phase && now->step == told.step;
}

Operation DeliveryService::deploy(const std::string& project, const std::string& app, Strategy strategy,
                                  const CanarySpec& canary) {
  Delivery told;
  told.project = project;
  told.app = app;
  told.strategy = strategy;
  told.canary = canary;
  const auto parameters = to_json(told);
  with_.operations.refuse_conflict(kind_name, parameters);
  // The time that it stood still counts for no step.
  if (const auto known = deliveries_.find(key_of(project, app)); known != deliveries_.end()) {
    known->second.since = with_.clock.wall_seconds();
    save();
  }
  return with_.operations.start(kind_name, parameters);
}

Operation DeliveryService::promote(const std::string& project, const std::string& app) {
  return wish(project, app, Wish::promote);
}

Operation DeliveryService::abort(const std::string& project, const std::string& app) {
  return wish(project, app, Wish::abort);
}

/// It counts at once and outlives the daemon. An operation that is under way takes it over: whoever follows that one
/// sees what becomes of it.
Operation DeliveryService::wish(const std::string& project, const std::string& app, Wish wish) {
  const auto found = deliveries_.find(key_of(project, app));
  if (found == deliveries_.end())
    throw Error(ErrorCode::not_found, "cannot find a new version of " + app + ": none is under way",
                "gf deploy " + app);
  auto& delivery = found->second;
  const auto phase = after(delivery, wish);
  if (phase != delivery.phase) {
    delivery.reason = phase == Phase::aborting ? aborted_by_hand : "";
    enter(delivery, phase);
  }
  if (const auto id = operation(project, app); !id.empty()) return with_.operations.get(id);
  return with_.operations.start(kind_name, Json{{"project", project}, {"app", app}});
}

}  // namespace gf::delivery
