#include <algorithm>

#include "delivery/delivery_service.hpp"
#include "protocol/error.hpp"

// What the operation `deliver` does: from phase to phase. Somebody's word may change the phase while it waits.
namespace gf::delivery {

using operation::Context;
using operation::run_step;

namespace {

/// Prometheus scrapes less often than that; somebody's word is noticed as soon.
constexpr auto look_interval = std::chrono::seconds(2);
/// A proxy has taken another division over by then, as a rule within 0.2 s; nothing tells when. Sooner, some would ask
/// replicas that are gone.
constexpr auto settling = std::chrono::seconds(2);

bool needs_next(Phase phase) { return phase == Phase::shifting || phase == Phase::preview || phase == Phase::flipped; }

}  // namespace

/// Parameters with a strategy are those of deploy(); somebody's other words have changed the phase already.
Task<Json> DeliveryService::run(Json parameters, Context& context) {
  const auto project = parameters.value("project", "");
  const auto app = parameters.value("app", "");
  auto reaching = with_.versions.reach(project);
  co_await std::move(reaching);
  // Its replicas went with a cluster that was removed: from the beginning, then.
  const auto known = deliveries_.find(key_of(project, app));
  if (known != deliveries_.end() && needs_next(known->second.phase) &&
      with_.versions.running(project, app, Slot::next).key.empty())
    enter(known->second, Phase::starting);
  if (parameters.contains("strategy")) {
    auto beginning = begin(std::move(parameters), context);
    co_await std::move(beginning);
  }
  auto going = go_on(key_of(project, app), context);
  co_await std::move(going);
  const auto* left = find(project, app);
  Json result;
  result["phase"] = left ? Json(name(left->phase)) : Json("stable");
  co_return result;
}

/// Does nothing when the stable replicas run already what the checkout asks for.
Task<> DeliveryService::begin(Json parameters, Context& context) {
  auto delivery = delivery_from_json(parameters);
  const auto key = key_of(delivery);
  const auto flipped = deliveries_.find(key);
  if (flipped != deliveries_.end() && flipped->second.phase == Phase::flipped) {
    enter(flipped->second, Phase::promoting);  // it makes room for the next one
    auto finishing = go_on(key, context);
    co_await std::move(finishing);
  }
  const auto is_busy = [&] {
    const auto known = deliveries_.find(key);
    return known != deliveries_.end() && known->second.phase != Phase::preview;
  };
  if (is_busy()) {
    context.log("going on with the version that is under way; gf abort " + delivery.app + " takes it back");
    co_return;
  }
  auto providing = with_.versions.provide(delivery.project, delivery.app, context);
  delivery.image = co_await std::move(providing);
  if (is_busy()) co_return;
  const auto* known = find(delivery.project, delivery.app);
  const auto serving = known ? known->image : with_.versions.running(delivery.project, delivery.app, Slot::stable);
  if (serving.key == delivery.image.key) {
    context.log(std::string(known ? "the version in preview" : "the stable version") + " is that of the checkout");
    co_return;
  }
  auto& kept = deliveries_[key] = std::move(delivery);
  enter(kept, Phase::starting);
}

/// Until there is nothing to do without somebody's word.
Task<> DeliveryService::go_on(Key key, Context& context) {
  while (deliveries_.contains(key)) {
    const auto told = deliveries_.at(key);
    auto dividing = with_.versions.route(told.project, told.app);
    co_await std::move(dividing);
    if (!is_still(told)) continue;
    if (told.phase == Phase::preview || told.phase == Phase::flipped) co_return;
    auto performing = perform(told, context);
    co_await std::move(performing);
  }
}

Task<> DeliveryService::perform(Delivery told, Context& context) {
  switch (told.phase) {
    case Phase::starting:
      return start(std::move(told), context);
    case Phase::shifting:
      return shift(std::move(told), context);
    case Phase::promoting:
      return become_stable(std::move(told), context);
    default:
      return remove_next(std::move(told), context);
  }
}

Task<> DeliveryService::start(Delivery told, Context& context) {
  std::function<Task<>(Context&)> body = [&](Context& step) {
    return with_.versions.start(told.project, told.app, Slot::next, told.image, step);
  };
  std::string failed;
  try {
    auto stepping = run_step(context, "start the new version of " + told.app, body);
    co_await std::move(stepping);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::deploy_failed) throw;
    failed = error.message() + (error.cause().empty() ? "" : "\n" + error.cause());
  }
  if (!is_still(told)) co_return;
  auto& delivery = deliveries_.at(key_of(told));
  delivery.reason = failed;
  enter(delivery, !failed.empty()                         ? Phase::aborting
                  : delivery.strategy == Strategy::canary ? Phase::shifting
                                                          : Phase::preview);
}

Task<> DeliveryService::shift(Delivery told, Context& context) {
  std::function<Task<>(Context&)> body = [&](Context& step) { return hold(told, step); };
  auto stepping = run_step(context, std::to_string(routing(told).next_percent) + " % of the requests", body);
  co_await std::move(stepping);
}

/// Until the gates let it go on, or somebody's word has.
Task<> DeliveryService::hold(Delivery told, Context& step) {
  const auto hold = static_cast<std::uint64_t>(told.canary.hold.count());
  std::string reason;
  while (is_still(told)) {
    auto& delivery = deliveries_.at(key_of(told));
    Moment moment;
    moment.percent = routing(delivery).next_percent;
    moment.seconds = std::max(0.0, with_.clock.wall_seconds() - delivery.since);
    auto asking = with_.traffic.ask(told.project, told.app, std::max(1, static_cast<int>(moment.seconds)));
    moment.samples = co_await std::move(asking);
    if (!is_still(told)) co_return;
    const auto judgement = judge(told.canary, moment);
    if (judgement.reason != reason) step.log(judgement.reason);
    reason = judgement.reason;
    step.progress(std::min(static_cast<std::uint64_t>(moment.seconds), hold), hold, "seconds");
    delivery.seen = moment.samples;
    delivery.reason = judgement.reason;
    take(judgement, delivery);
    if (judgement.verdict != Verdict::hold) co_return;
    auto sleeping = with_.clock.sleep_for(look_interval);
    co_await std::move(sleeping);
  }
}

void DeliveryService::take(const Judgement& judgement, Delivery& delivery) {
  if (judgement.verdict == Verdict::hold) return;
  if (judgement.verdict == Verdict::abort) return enter(delivery, Phase::aborting);
  const auto next = delivery.step + 1;
  if (next < delivery.canary.steps.size()) return enter(delivery, Phase::shifting, next);
  enter(delivery, Phase::promoting);
}

Task<> DeliveryService::become_stable(Delivery told, Context& context) {
  std::function<Task<>(Context&)> body = [&](Context& step) {
    return with_.versions.start(told.project, told.app, Slot::stable, told.image, step);
  };
  auto stepping = run_step(context, "make it the stable version", body);
  co_await std::move(stepping);
  if (is_still(told)) enter(deliveries_.at(key_of(told)), Phase::retiring);
}

/// Of a version that was taken back it ends as failed, unless somebody wanted that: then there is nothing to complain
/// about.
Task<> DeliveryService::remove_next(Delivery told, Context& context) {
  std::function<Task<>(Context&)> body = [&](Context&) -> Task<> {
    auto sleeping = with_.clock.sleep_for(settling);
    co_await std::move(sleeping);
    auto removing = with_.versions.remove_next(told.project, told.app);
    co_await std::move(removing);
  };
  const bool failed = told.phase == Phase::aborting;
  auto stepping = run_step(context, failed ? "remove the new version" : "remove the replicas beside it", body);
  co_await std::move(stepping);
  deliveries_.erase(key_of(told));
  save();
  if (!failed || told.reason == aborted_by_hand) co_return;
  throw Error(ErrorCode::deploy_failed, "cannot bring in the new version of " + told.app + ": " + told.reason,
              "the stable version serves everybody; mend it, then gf deploy " + told.app);
}

}  // namespace gf::delivery
