#include "addon/claims.hpp"

#include <algorithm>

#include "core/digest.hpp"
#include "kube/base64.hpp"
#include "protocol/error.hpp"

namespace gf::addon {

namespace {

constexpr std::size_t password_length = 24;
constexpr const char* password_key = "password";
constexpr const char* seed_annotation = "greenfield.dev/seed";

std::string secret_value(const std::optional<Json>& secret, const std::string& key) {
  if (!secret || !secret->contains("data") || !(*secret)["data"].contains(key)) return {};
  return kube::base64_decode((*secret)["data"][key].get<std::string>());
}

/// As pods reach it.
void add_address(const AddonSpec& spec, std::map<std::string, std::string>& known) {
  if (spec.endpoints.empty()) return;
  known["host"] = spec.endpoints.front().service + '.' + spec.space;
  known["port"] = std::to_string(spec.endpoints.front().port);
}

SeedMark mark_of(const std::optional<Json>& secret) {
  if (!secret) return {};
  return {secret->at("metadata").value("annotations", Json::object()).value(seed_annotation, "")};
}

Json secret_object(const std::string& addon, const std::string& project,
                   const std::map<std::string, std::string>& texts, const SeedMark& mark) {
  Json object;
  object["apiVersion"] = "v1";
  object["kind"] = "Secret";
  object["type"] = "Opaque";
  object["metadata"]["name"] = Claims::secret_name(addon);
  object["metadata"]["namespace"] = project;
  object["metadata"]["labels"]["app.kubernetes.io/managed-by"] = "greenfield";
  object["metadata"]["labels"][Claims::label] = addon;
  if (!mark.text.empty()) object["metadata"]["annotations"][seed_annotation] = mark.text;
  for (const auto& [key, text] : texts) object["data"][key] = kube::base64_encode(text);
  return object;
}

}  // namespace

Task<std::map<std::string, std::string>> Claims::values(const AddonSpec& spec, std::string project,
                                                        std::string password) {
  std::map<std::string, std::string> known;
  known["project"] = project;
  known["project_"] = project;
  std::ranges::replace(known["project_"], '-', '_');
  known["password"] = std::move(password);
  for (const auto& [name, text] : spec.claim->values) known[name] = fill(text, known);
  for (const auto& secret : spec.secrets) {
    auto getting = kube_.get("v1", "Secret", spec.space, secret.name);
    const auto stored = co_await std::move(getting);
    for (const auto& [key, unused] : secret.keys)
      known["secret." + secret.name + '.' + key] = secret_value(stored, key);
  }
  co_return known;
}

Task<std::vector<std::string>> Claims::ensure(const AddonSpec& spec, std::string project, bool to_be_filled) {
  std::vector<std::string> names;
  if (!spec.claim) co_return names;
  auto getting = kube_.get("v1", "Secret", project, secret_name(spec.name));
  const auto stored = co_await std::move(getting);
  auto password = secret_value(stored, password_key);
  auto mark = mark_of(stored);
  if (!to_be_filled && !mark.is_digest()) mark.text.clear();  // from here on other things may be in it
  if (password.empty()) {
    if (to_be_filled) mark.text = SeedMark::fresh;
    // Kept before it is used: a crash in between must not leave a user with a password that nobody knows.
    password = random_alnum(password_length);
    std::map<std::string, std::string> only;
    only[password_key] = password;
    auto first = secret_object(spec.name, project, only, mark);
    auto keeping = kube_.apply(std::move(first));
    co_await std::move(keeping);
  }
  auto collecting = values(spec, project, password);
  auto known = co_await std::move(collecting);
  if (spec.claim->create) {
    auto running = commands_.run(spec.space, *spec.claim->create, known,
                                 "cannot prepare " + spec.name + " for the project " + project);
    co_await std::move(running);
  }
  add_address(spec, known);
  std::map<std::string, std::string> texts;
  for (const auto& [name, text] : spec.claim->env) {
    texts[name] = fill(text, known);
    names.push_back(name);
  }
  texts[password_key] = password;
  auto object = secret_object(spec.name, project, texts, mark);
  auto applying = kube_.apply(std::move(object));
  co_await std::move(applying);
  co_return names;
}

Task<std::optional<std::vector<std::string>>> Claims::made(const AddonSpec& spec, std::string project) {
  std::vector<std::string> names;
  if (!spec.claim) co_return names;
  auto getting = kube_.get("v1", "Secret", project, secret_name(spec.name));
  const auto stored = co_await std::move(getting);
  if (secret_value(stored, password_key).empty()) co_return std::nullopt;
  for (const auto& [name, unused] : spec.claim->env) {
    if (!(*stored)["data"].contains(name)) co_return std::nullopt;
    names.push_back(name);
  }
  co_return names;
}

Task<> Claims::remove(const AddonSpec& spec, std::string project) {
  if (spec.claim && spec.claim->remove) {
    auto collecting = values(spec, project, {});
    auto known = co_await std::move(collecting);
    auto running = commands_.run(spec.space, *spec.claim->remove, std::move(known),
                                 "cannot remove what " + project + " has in " + spec.name);
    co_await std::move(running);
  }
  auto removing = kube_.remove("v1", "Secret", project, secret_name(spec.name));
  co_await std::move(removing);
}

Task<SeedMark> Claims::seed_mark(const AddonSpec& spec, std::string project) {
  auto getting = kube_.get("v1", "Secret", project, secret_name(spec.name));
  co_return mark_of(co_await std::move(getting));
}

/// Applied as a whole: what is not applied again goes with the next apply, and a mark that was patched in would stay.
Task<> Claims::mark_seed(const AddonSpec& spec, std::string project, std::string mark) {
  auto getting = kube_.get("v1", "Secret", project, secret_name(spec.name));
  const auto stored = co_await std::move(getting);
  if (!stored) throw Error(ErrorCode::not_found, "cannot find the claim of " + project + " on " + spec.name, "gf up");
  auto object = secret_object(spec.name, project, {}, SeedMark{std::move(mark)});
  object["data"] = stored->value("data", Json::object());
  auto applying = kube_.apply(std::move(object));
  co_await std::move(applying);
}

Task<> Claims::feed(const AddonSpec& spec, std::string project, std::string text, std::string what) {
  auto collecting = shell_values(spec, std::move(project));
  auto known = co_await std::move(collecting);
  known["host"] = "127.0.0.1";  // the shell runs beside the server; its Service may not lead there yet
  auto feeding = commands_.feed(spec.space, *spec.connect, std::move(known), std::move(text), std::move(what));
  co_await std::move(feeding);
}

Task<std::map<std::string, std::string>> Claims::shell_values(const AddonSpec& spec, std::string project) {
  auto asking = known(spec, project);
  auto known = co_await std::move(asking);
  if (known.empty())
    throw Error(ErrorCode::not_found, "cannot connect to " + spec.name + ": " + project + " has no user there yet",
                "gf up");
  add_address(spec, known);
  co_return known;
}

Task<std::unique_ptr<container::ExecStream>> Claims::connect(const AddonSpec& spec, std::string project, bool tty) {
  auto collecting = shell_values(spec, std::move(project));
  auto known = co_await std::move(collecting);
  auto opening = commands_.open(spec.space, *spec.connect, std::move(known), tty, "cannot connect to " + spec.name);
  co_return co_await std::move(opening);
}

Task<std::map<std::string, std::string>> Claims::known(const AddonSpec& spec, std::string project) {
  std::map<std::string, std::string> none;
  if (!spec.claim) co_return none;
  auto getting = kube_.get("v1", "Secret", project, secret_name(spec.name));
  const auto stored = co_await std::move(getting);
  const auto password = secret_value(stored, password_key);
  if (password.empty()) co_return none;
  auto collecting = values(spec, project, password);
  co_return co_await std::move(collecting);
}

Task<std::map<std::string, std::string>> Claims::localhost_env(const AddonSpec& spec, std::string project, int port) {
  std::map<std::string, std::string> env;
  auto asking = known(spec, project);
  auto known = co_await std::move(asking);
  if (known.empty()) co_return env;
  known["host"] = "127.0.0.1";
  known["port"] = std::to_string(port);
  for (const auto& [name, text] : spec.claim->env) env[name] = fill(text, known);
  co_return env;
}

}  // namespace gf::addon
