#include "project/seed.hpp"
#include "environment/environment.hpp"
#include "kube/readiness.hpp"
#include "protocol/error.hpp"

// What a project gets of an addon: its claim, and the files that fill it once.
namespace gf::environment {

using addon::SeedMark;
using operation::Context;
using operation::run_step;

Task<> Environment::check_seeds(ProjectSpec spec) {
  for (const auto& [name, paths] : spec.seeds) {
    if (!with_.addons.catalogue().at(name).connect)
      throw Error(ErrorCode::bad_config, "cannot seed " + name + ": it has no shell that files could be fed to",
                  "take `seed` away from it in greenfield.yaml");
    auto reading = offload(with_.workers, project::read_seed, spec.root, paths);
    co_await std::move(reading);
  }
}

/// One addon's claim as soon as that addon is ready, filled. The apps of a project ask for it at once: one after the
/// other. An addon that sleeps is left alone where the claim was made before.
Task<std::vector<std::string>> Environment::claim(std::string project, std::string addon, Context& context) {
  const auto branch = settle_data(project);
  if (with_.addons.status(addon).state == "asleep") {
    auto asking = with_.addons.claims().made(with_.addons.catalogue().at(addon), project, branch);
    auto made = co_await std::move(asking);
    if (made) co_return std::move(*made);
  }
  auto waiting = with_.addons.wait_ready(addon, context);
  co_await std::move(waiting);
  const auto key = project + '/' + addon;
  while (claiming_.contains(key)) {
    auto other = claimed_.wait();
    co_await std::move(other);
  }
  claiming_.insert(key);
  std::vector<std::string> names;
  std::exception_ptr thrown;
  try {
    auto claiming = claim_and_seed(project, addon, context);
    names = co_await std::move(claiming);
    auto following = follow_branch(std::move(project), std::move(addon), branch);
    co_await std::move(following);
  } catch (...) {
    thrown = std::current_exception();
  }
  claiming_.erase(key);
  claimed_.notify_all();
  if (thrown) std::rethrow_exception(thrown);
  co_return names;
}

Task<std::vector<std::string>> Environment::claim_and_seed(std::string project, std::string addon, Context& context) {
  const auto& spec = with_.addons.catalogue().at(addon);
  auto& claims = with_.addons.claims();
  std::vector<std::string> paths;
  std::string root;
  if (const auto* known = with_.deploy.spec(project); known && known->seeds.contains(addon)) {
    paths = known->seeds.at(addon);
    root = known->root;
  }
  auto ensuring = claims.ensure(spec, project, !paths.empty());
  auto names = co_await std::move(ensuring);
  const auto key = project + '/' + addon;
  seeds_.erase(key);
  if (paths.empty()) co_return names;

  auto asking = claims.seed_mark(spec, project);
  const auto mark = co_await std::move(asking);
  auto reading = offload(with_.workers, project::read_seed, root, paths);
  const auto files = co_await std::move(reading);
  const auto digest = project::seed_digest(files);
  if (mark.is_digest()) {
    seeds_[key] = mark.text == digest ? "seeded" : "changed";
    co_return names;
  }
  seeds_[key] = "failed";  // until it has not
  std::function<Task<>(Context&)> body = [&](Context& step) { return seed(spec, project, mark, files, step); };
  auto stepping = run_step(context, "seed " + addon, body);
  co_await std::move(stepping);
  auto marking = claims.mark_seed(spec, project, digest);
  co_await std::move(marking);
  seeds_[key] = "seeded";
  co_return names;
}

/// In a cluster that is just coming up addons are ready before names can be resolved, which clients of some need.
Task<> Environment::wait_names() {
  for (;;) {
    const auto* resolver = with_.mirror.find("Deployment", "kube-system", "coredns");
    if (!resolver || kube::assess(*resolver).ready) co_return;
    auto waiting = with_.mirror.changed().wait();
    co_await std::move(waiting);
  }
}

Task<> Environment::seed(const addon::AddonSpec& spec, std::string project, SeedMark mark,
                         const std::vector<project::SeedFile>& files, Context& context) {
  auto& claims = with_.addons.claims();
  if (mark.text == SeedMark::begun) {
    // Only a seed that did not come to its end is in it: begin anew, or its first half would be in the way.
    auto removing = claims.remove(spec, project);
    co_await std::move(removing);
    auto ensuring = claims.ensure(spec, project, true);
    co_await std::move(ensuring);
  }
  if (!mark.text.empty()) {
    auto marking = claims.mark_seed(spec, project, SeedMark::begun);
    co_await std::move(marking);
  }
  auto naming = wait_names();
  co_await std::move(naming);
  for (std::size_t i = 0; i < files.size(); ++i) {
    context.progress(i, files.size(), "files");
    auto feeding = claims.feed(spec, project, files[i].text, "cannot seed " + spec.name + " with " + files[i].path);
    co_await std::move(feeding);
  }
  context.progress(files.size(), files.size(), "files");
}

std::map<std::string, std::string> Environment::seeds(const std::string& project) const {
  std::map<std::string, std::string> found;
  for (const auto& [key, state] : seeds_)
    if (key.starts_with(project + '/')) found[key.substr(project.size() + 1)] = state;
  return found;
}

}  // namespace gf::environment
