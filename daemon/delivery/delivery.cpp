#include "delivery/delivery.hpp"

#include <array>

#include "protocol/error.hpp"

namespace gf::delivery {

namespace {

constexpr std::array phases{Phase::starting,  Phase::shifting, Phase::preview, Phase::flipped,
                            Phase::promoting, Phase::retiring, Phase::aborting};

Phase phase_from(const std::string& text) {
  for (const auto phase : phases)
    if (name(phase) == text) return phase;
  throw Error(ErrorCode::internal, "cannot read the phase '" + text + "'");
}

Json to_json(const Sample& sample) {
  Json json;
  json["requests"] = sample.requests;
  json["errors"] = sample.errors;
  if (sample.p95_ms) json["p95_ms"] = *sample.p95_ms;
  return json;
}

[[noreturn]] void refuse(const Delivery& delivery, const char* what) {
  throw Error(ErrorCode::conflict,
              std::string("cannot ") + what + " the new version of " + delivery.app + ": it is " +
                  std::string(name(delivery.phase)),
              "gf deploy " + delivery.app + " goes on with it");
}

}  // namespace

std::string_view name(Phase phase) {
  switch (phase) {
    case Phase::starting:
      return "starting";
    case Phase::shifting:
      return "shifting";
    case Phase::preview:
      return "preview";
    case Phase::flipped:
      return "flipped";
    case Phase::promoting:
      return "promoting";
    case Phase::retiring:
      return "retiring";
    case Phase::aborting:
      return "aborting";
  }
  return "starting";
}

std::string key_of(const std::string& project, const std::string& app) { return project + '/' + app; }

Json to_json(const Delivery& delivery) {
  Json json;
  json["project"] = delivery.project;
  json["app"] = delivery.app;
  json["strategy"] = name(delivery.strategy);
  json["phase"] = name(delivery.phase);
  json["step"] = delivery.step;
  json["since"] = delivery.since;
  json["reason"] = delivery.reason;
  json["image"] = Json{{"key", delivery.image.key}, {"reference", delivery.image.reference}};
  const auto& canary = delivery.canary;
  json["canary"] = Json{{"steps", canary.steps},
                        {"hold", canary.hold.count()},
                        {"deadline", canary.deadline.count()},
                        {"requests", canary.requests},
                        {"max_error_percent", canary.max_error_percent},
                        {"max_p95_ratio", canary.max_p95_ratio}};
  json["percent"] = routing(delivery).next_percent;
  if (delivery.seen)
    json["seen"] = Json{{"stable", to_json(delivery.seen->stable)}, {"next", to_json(delivery.seen->next)}};
  return json;
}

Delivery delivery_from_json(const Json& json) {
  Delivery delivery;
  delivery.project = json.at("project");
  delivery.app = json.at("app");
  delivery.strategy = json.at("strategy") == name(Strategy::canary) ? Strategy::canary : Strategy::blue_green;
  delivery.phase = phase_from(json.at("phase"));
  delivery.step = json.at("step");
  delivery.since = json.at("since");
  delivery.reason = json.at("reason");
  delivery.image = {json.at("image").at("key"), json.at("image").at("reference")};
  const auto& canary = json.at("canary");
  delivery.canary.steps = canary.at("steps").get<std::vector<int>>();
  delivery.canary.hold = std::chrono::seconds(canary.at("hold").get<std::int64_t>());
  delivery.canary.deadline = std::chrono::seconds(canary.at("deadline").get<std::int64_t>());
  delivery.canary.requests = canary.at("requests");
  delivery.canary.max_error_percent = canary.at("max_error_percent");
  delivery.canary.max_p95_ratio = canary.at("max_p95_ratio");
  return delivery;
}

Routing routing(const Delivery& delivery) {
  switch (delivery.phase) {
    case Phase::starting:
    case Phase::retiring:
    case Phase::aborting:
      return {};
    case Phase::shifting:
      return {delivery.canary.steps.at(delivery.step), false};
    case Phase::preview:
      return {0, true};
    case Phase::flipped:
    case Phase::promoting:
      return {100, false};
  }
  return {};
}

Phase after(const Delivery& delivery, Wish wish) {
  const auto phase = delivery.phase;
  switch (wish) {
    case Wish::promote:
      if (phase == Phase::preview) return Phase::flipped;
      if (phase == Phase::shifting || phase == Phase::flipped) return Phase::promoting;
      if (phase == Phase::starting || phase == Phase::aborting) refuse(delivery, "promote");
      return phase;
    case Wish::abort:
      if (phase == Phase::flipped) return Phase::preview;  // back in one step; the new version stands by
      if (phase == Phase::promoting || phase == Phase::retiring) refuse(delivery, "abort");
      return Phase::aborting;
  }
  return phase;
}

}  // namespace gf::delivery
