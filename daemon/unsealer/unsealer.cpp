#include "unsealer/unsealer.hpp"

#include <ctime>

#include "protocol/error.hpp"

namespace gf::unsealer {

namespace {

using operation::Context;

constexpr const char* addon_name = "sealed-secrets";
constexpr const char* controller = "sealed-secrets-controller";            ///< its Deployment and its Service
constexpr const char* controller_port = "sealed-secrets-controller:http";  ///< the Service's port, by name
constexpr const char* cutoff_annotation = "greenfield.dev/key-cutoff";
constexpr auto start_limit = std::chrono::minutes(2);

}  // namespace

std::string cutoff_text(double seconds) {
  const auto when = static_cast<std::time_t>(seconds);
  std::tm parts{};
  ::gmtime_r(&when, &parts);
  char text[40];
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", &parts);
  return text;
}

Unsealer::Unsealer(Collaborators with) : with_(with) {
  using operation::Kind;
  with_.operations.add_kind(Kind{"seal-rotate", [](const Json&) { return std::string(addon_name); },
                                 [](const Json&) { return std::vector<std::string>{"cluster"}; },
                                 [this](const Json& parameters) -> operation::Body {
                                   return [this, cutoff = parameters.value("cutoff", "")](Context& context) {
                                     return run_rotate(cutoff, context);
                                   };
                                 },
                                 true});
}

void Unsealer::need_controller(const std::string& cannot) const {
  if (!with_.kube.available())
    throw Error(ErrorCode::cluster_unavailable, cannot + ": the cluster does not run", "gf up");
  const auto status = with_.addons.status(addon_name);
  if (status.state == "ready") return;
  const auto remedy = status.state == "disabled" ? "gf addon enable " : "gf addon status ";
  throw Error(ErrorCode::addon_failed, cannot + ": the addon sealed-secrets is " + status.state,
              std::string(remedy) + addon_name, status.reason);
}

Task<http::Response> Unsealer::ask(std::string method, std::string path, std::string body) {
  http::Request request;
  request.method = std::move(method);
  request.target = std::move(path);
  if (!body.empty()) request.headers.set("Content-Type", "application/json");
  request.body = std::move(body);
  const auto& spec = with_.addons.catalogue().at(addon_name);
  auto asking = with_.kube.ask_service(spec.space, controller_port, std::move(request));
  co_return co_await std::move(asking);
}

Task<std::string> Unsealer::certificate() {
  need_controller("cannot get the certificate to seal for");
  auto asking = ask("GET", "/v1/cert.pem", {});
  auto answer = co_await std::move(asking);
  if (answer.status != 200)
    throw Error(ErrorCode::addon_failed,
                "cannot get the certificate to seal for: the controller answers " + std::to_string(answer.status),
                std::string("gf addon status ") + addon_name, answer.body);
  co_return std::move(answer.body);
}

Task<Json> Unsealer::renew(Json sealed) {
  need_controller("cannot seal anew");
  auto asking = ask("POST", "/v1/rotate", dump(sealed));
  const auto answer = co_await std::move(asking);
  if (answer.status == 500)  // it says no more than that
    throw Error(ErrorCode::bad_config, "cannot seal anew: no key of this cluster unseals it",
                "it was sealed for another cluster, name or namespace: seal the values again");
  if (answer.status != 200)
    throw Error(ErrorCode::addon_failed, "cannot seal anew: the controller answers " + std::to_string(answer.status),
                std::string("gf addon status ") + addon_name, answer.body);
  co_return parse_json(answer.body, "the controller's answer");
}

Operation Unsealer::rotate() {
  need_controller("cannot make a new sealing key");
  Json parameters;
  // Certificates tell whole seconds: one made in this very second is to be replaced as well.
  parameters["cutoff"] = cutoff_text(with_.clock.wall_seconds() + 1);
  return with_.operations.start("seal-rotate", parameters);
}

/// The controller reads its environment when it starts, and the annotation is a part of that: it starts anew, finds its
/// newest key older than asked for, and makes one before it answers.
Task<Json> Unsealer::run_rotate(std::string cutoff, Context& context) {
  const auto& spec = with_.addons.catalogue().at(addon_name);
  std::function<Task<>(Context&)> body = [&](Context& step) -> Task<> {
    Json change;
    change["spec"]["template"]["metadata"]["annotations"][cutoff_annotation] = cutoff;
    auto patching = with_.kube.patch("apps/v1", "Deployment", spec.space, controller, "", std::move(change));
    const auto stored = co_await std::move(patching);
    manifest::Applied applied{"Deployment", spec.space, controller,
                              stored.at("metadata").value("generation", std::int64_t{0})};
    auto waiting = with_.rollout.wait(std::move(applied), start_limit, step);
    co_await std::move(waiting);
  };
  auto stepping = operation::run_step(context, "make a new sealing key", body);
  co_await std::move(stepping);
  co_return Json::object();
}

}  // namespace gf::unsealer
