#include "addon/claims.hpp"

#include <algorithm>

#include "core/digest.hpp"
#include "protocol/error.hpp"

namespace gf::addon {

namespace {

constexpr std::size_t password_length = 24;

/// As pods reach it.
void add_address(const AddonSpec& spec, std::map<std::string, std::string>& known) {
  if (spec.endpoints.empty()) return;
  known["host"] = spec.endpoints.front().service + '.' + spec.space;
  known["port"] = std::to_string(spec.endpoints.front().port);
}

}  // namespace

Task<Claims::Values> Claims::values(const AddonSpec& spec, std::string project, std::string password, Branch branch) {
  Values known;
  known["project"] = project;
  known["project_"] = project;
  std::ranges::replace(known["project_"], '-', '_');
  known["password"] = std::move(password);
  known["number"] = std::to_string(branch.number);
  for (const auto& [name, text] : spec.claim->values) known[name] = fill(text, known);
  if (branch.number != 0 && spec.claim->branches) {
    auto base = known;
    base["branch"] = branch_label(branch.name);
    for (const auto& [name, text] : spec.claim->branches->values) known[name] = fill(text, base);
  }
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
  auto notes = notes_of(stored);
  if (!to_be_filled && !notes.mark.is_digest()) notes.mark.text.clear();  // from here on other things may be in it
  if (password.empty()) {
    if (to_be_filled) notes.mark.text = SeedMark::fresh;
    // Kept before it is used: a crash in between must not leave a user with a password that nobody knows.
    password = random_alnum(password_length);
    Values only;
    only[password_key] = password;
    auto first = claim_secret(spec.name, project, only, notes);
    auto keeping = kube_.apply(std::move(first));
    co_await std::move(keeping);
  }
  auto collecting = values(spec, project, password, Branch());
  const auto known = co_await std::move(collecting);
  if (spec.claim->create) {
    auto running = commands_.run(spec.space, *spec.claim->create, known,
                                 "cannot prepare " + spec.name + " for the project " + project);
    co_await std::move(running);
  }
  for (const auto& [name, text] : spec.claim->env) names.push_back(name);
  auto leading = lead_to(spec, project, password, notes);
  co_await std::move(leading);
  co_return names;
}

/// Ensures the data of the current branch, and that the variables lead there.
Task<> Claims::lead_to(const AddonSpec& spec, std::string project, std::string password, ClaimNotes notes) {
  const auto branch = current(notes.branches);
  auto collecting = values(spec, project, password, branch);
  auto known = co_await std::move(collecting);
  if (branch.number != 0 && spec.claim->branches) {
    auto running =
        commands_.run(spec.space, spec.claim->branches->create, known,
                      "cannot give the branch " + branch.name + " of " + project + " data of its own in " + spec.name);
    co_await std::move(running);
  }
  add_address(spec, known);
  Values texts;
  for (const auto& [name, text] : spec.claim->env) texts[name] = fill(text, known);
  texts[password_key] = password;
  auto object = claim_secret(spec.name, project, texts, notes);
  auto applying = kube_.apply(std::move(object));
  co_await std::move(applying);
}

Task<std::optional<std::vector<std::string>>> Claims::made(const AddonSpec& spec, std::string project,
                                                           std::string branch) {
  std::vector<std::string> names;
  if (!spec.claim) co_return names;
  auto getting = kube_.get("v1", "Secret", project, secret_name(spec.name));
  const auto stored = co_await std::move(getting);
  if (secret_value(stored, password_key).empty()) co_return std::nullopt;
  if (spec.claim->branches && notes_of(stored).branches.current != branch) co_return std::nullopt;
  for (const auto& [name, unused] : spec.claim->env) {
    if (!(*stored)["data"].contains(name)) co_return std::nullopt;
    names.push_back(name);
  }
  co_return names;
}

Task<> Claims::remove(const AddonSpec& spec, std::string project) {
  if (spec.claim && spec.claim->remove) {
    auto collecting = values(spec, project, {}, Branch());
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
  co_return notes_of(co_await std::move(getting)).mark;
}

Task<> Claims::mark_seed(const AddonSpec& spec, std::string project, std::string mark) {
  auto getting = kube_.get("v1", "Secret", project, secret_name(spec.name));
  const auto stored = co_await std::move(getting);
  if (!stored) throw Error(ErrorCode::not_found, "cannot find the claim of " + project + " on " + spec.name, "gf up");
  auto notes = notes_of(stored);
  notes.mark.text = std::move(mark);
  auto object = with_notes(*stored, spec.name, project, notes);
  auto applying = kube_.apply(std::move(object));
  co_await std::move(applying);
}

/// Those of the base branch: others begin with what it has.
Task<> Claims::feed(const AddonSpec& spec, std::string project, std::string text, std::string what) {
  auto getting = kube_.get("v1", "Secret", project, secret_name(spec.name));
  const auto stored = co_await std::move(getting);
  auto collecting = values(spec, project, secret_value(stored, password_key), Branch());
  auto known = co_await std::move(collecting);
  add_address(spec, known);
  known["host"] = "127.0.0.1";  // the shell runs beside the server; its Service may not lead there yet
  auto feeding = commands_.feed(spec.space, *spec.connect, std::move(known), std::move(text), std::move(what));
  co_await std::move(feeding);
}

Task<Claims::Values> Claims::shell_values(const AddonSpec& spec, std::string project) {
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

Task<Claims::Values> Claims::known(const AddonSpec& spec, std::string project) {
  Values none;
  if (!spec.claim) co_return none;
  auto getting = kube_.get("v1", "Secret", project, secret_name(spec.name));
  const auto stored = co_await std::move(getting);
  const auto password = secret_value(stored, password_key);
  if (password.empty()) co_return none;
  auto collecting = values(spec, project, password, current(notes_of(stored).branches));
  co_return co_await std::move(collecting);
}

Task<Claims::Values> Claims::localhost_env(const AddonSpec& spec, std::string project, int port) {
  Values env;
  auto asking = known(spec, project);
  auto known = co_await std::move(asking);
  if (known.empty()) co_return env;
  known["host"] = "127.0.0.1";
  known["port"] = std::to_string(port);
  for (const auto& [name, text] : spec.claim->env) env[name] = fill(text, known);
  co_return env;
}

}  // namespace gf::addon
