#include "deploy/rolling.hpp"

#include "core/when_all.hpp"
#include "protocol/error.hpp"

namespace gf::deploy {

namespace {

using operation::run_step;

/// Thrown by who watches beside the work that it ends.
struct Superseded {};

/// What a failure was, in one line.
std::string reason_of(const Error& error) {
  const auto first = error.cause().substr(0, error.cause().find('\n'));
  return error.message() + (first.empty() ? "" : " (" + first + ')');
}

}  // namespace

/// One that is on its way, for as long as this lives. Without a key it does not follow the checkout.
class Rolling::Way {
 public:
  Way(Rolling& rolling, std::string project_name, std::string app_name)
      : project(std::move(project_name)), app(std::move(app_name)), rolling_(rolling) {
    rolling_.under_way_.push_back(this);
  }
  ~Way() { rolling_.under_way_.remove(this); }
  Way(const Way&) = delete;
  Way& operator=(const Way&) = delete;

  const std::string project, app;
  std::string key;
  bool superseded = false;

 private:
  Rolling& rolling_;
};

Rolling::Rolling(Executor executor, VersionSteps& steps, History& history, std::function<void()> came_in)
    : steps_(steps), history_(history), came_in_(std::move(came_in)), changed_(executor) {}

bool Rolling::asked(const std::string& project, const std::string& app, const std::string& key) {
  bool follows = false;
  for (auto* way : under_way_) {
    if (way->project != project || way->app != app || way->key.empty()) continue;
    follows = true;
    if (way->key != key) way->superseded = true;
  }
  changed_.notify_all();
  return follows;
}

bool Rolling::is_unfinished(const std::string& project, const std::string& app) {
  for (const auto* way : under_way_)
    if (way->project == project && way->app == app) return false;
  const auto now = steps_.running(project, app);
  history_.settle(project, app, now);
  const auto* version = history_.find(project, app, now.image.key);
  return version && version->outcome == Outcome::starting;
}

Task<> Rolling::finish(Task<> work, bool& done) {
  co_await std::move(work);
  done = true;
  changed_.notify_all();
}

Task<> Rolling::watch(Way& way, bool& done) {
  while (!done) {
    if (way.superseded) throw Superseded();
    auto waiting = changed_.wait();
    co_await std::move(waiting);
  }
}

/// Runs `work` to its end; cancels it as soon as the checkout asks for another image. Whether it came to its end.
Task<bool> Rolling::unless_superseded(Way& way, Task<> work) {
  bool done = false;
  std::vector<Task<>> both;
  both.push_back(finish(std::move(work), done));
  both.push_back(watch(way, done));
  auto all = when_all(std::move(both));
  bool superseded = false;
  try {
    co_await std::move(all);
  } catch (const Superseded&) {
    superseded = true;
  }
  co_return !superseded;
}

Task<BuiltImage> Rolling::provide(std::string project, AppSpec app, bool nodes_suffice, operation::Context& context) {
  Way way(*this, project, app.name);
  auto providing = provide_on(way, project, app, nodes_suffice, context);
  co_return co_await std::move(providing);
}

Task<BuiltImage> Rolling::provide_on(Way& way, std::string project, AppSpec app, bool nodes_suffice,
                                     operation::Context& context) {
  for (;;) {
    const auto seen = steps_.seen(project);
    auto naming = steps_.named(project, app, seen.tree, context);
    const auto image = co_await std::move(naming);
    if (steps_.seen(project).tree->digest() != seen.tree->digest()) continue;  // changed while it was named
    way.key = image.key;
    way.superseded = false;
    history_.note(project, app.name, image, seen);
    auto building = steps_.build(project, app, seen.tree, image, nodes_suffice, context);
    auto guarded = unless_superseded(way, std::move(building));
    const bool built = co_await std::move(guarded);
    if (built) co_return image;
    context.log("the build of " + app.name +
                " was cancelled: the checkout has changed, and what it asks for now is built");
  }
}

Task<> Rolling::roll_out(std::string project, AppSpec app, Claims claims, operation::Context& context) {
  for (;;) {
    Way way(*this, project, app.name);
    auto wanted = steps_.running(project, app.name);
    const bool is_first = wanted.image.reference.empty();
    if (is_first || app.strategy == Strategy::rolling) {
      auto providing = provide_on(way, project, app, true, context);
      auto image = co_await std::move(providing);
      if (way.superseded) continue;
      if (is_first || image.key != wanted.passed_over) wanted = {std::move(image), {}};
    }
    if (!wanted.passed_over.empty())
      context.log(app.name + " stays rolled back until the checkout changes; gf deploy " + app.name + " ends that");
    auto bringing = bring_in_on(way, project, app, std::move(wanted), claims, context);
    const bool ended = co_await std::move(bringing);
    if (ended) co_return;
    context.log("the rollout of " + app.name +
                " was cancelled: the checkout has changed, and what it asks for comes in");
  }
}

Task<> Rolling::bring_in(std::string project, AppSpec app, Running wanted, Claims claims, operation::Context& context) {
  Way way(*this, project, app.name);
  auto bringing = bring_in_on(way, project, app, std::move(wanted), std::move(claims), context);
  co_await std::move(bringing);
}

/// Whether it came to its end, unless superseded.
Task<bool> Rolling::bring_in_on(Way& way, std::string project, AppSpec app, Running wanted, Claims claims,
                                operation::Context& context) {
  const auto before = steps_.running(project, app.name);
  // A version that somebody named is no reason to pass over what the checkout asks for.
  const auto passed_over = way.key.empty() ? before.passed_over : wanted.image.key;
  if (before.image.reference.empty()) history_.leave(project, app.name);
  history_.start(project, app.name, wanted.image);
  std::optional<Error> failed;
  try {
    auto starting = steps_.start_version(project, app, wanted, claims, context);
    auto guarded = unless_superseded(way, std::move(starting));
    const bool ended = co_await std::move(guarded);
    if (!ended) co_return false;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::deploy_failed) throw;
    failed = error;
  }
  if (failed) {
    way.key.clear();  // what the checkout asks for from now on comes after it
    auto putting = put_back(project, app, wanted, passed_over, std::move(claims), *failed, context);
    const auto error = co_await std::move(putting);
    throw error;
  }
  history_.serve(project, app.name, wanted);
  came_in_();
  co_return true;
}

/// Returns what `error` has become by it. What it did is kept last: after a kill before that the version is unfinished.
Task<Error> Rolling::put_back(std::string project, AppSpec app, Running failed, std::string passed_over, Claims claims,
                              Error error, operation::Context& context) {
  const auto* serving = history_.serving(project, app.name);
  auto looking = steps_.last_good(project, app.name, serving ? serving->image.key : std::string());
  const auto good = co_await std::move(looking);
  const auto reason = reason_of(error);
  if (!good) {
    history_.fail(project, app.name, failed.image.key, reason);
    co_return error;
  }
  const bool is_same = good->image.key == failed.image.key;  // with other settings
  const Running noted{good->image, is_same ? failed.passed_over : passed_over};
  std::optional<Error> again;
  try {
    std::function<Task<>(operation::Context&)> body = [&](operation::Context& step) {
      return steps_.put_back(project, app, *good, noted, claims, step);
    };
    auto stepping = run_step(context, "put the last good version of " + app.name + " back", body);
    co_await std::move(stepping);
  } catch (const Error& other) {
    if (other.code() != ErrorCode::deploy_failed) throw;
    again = other;
  }
  if (!is_same) history_.fail(project, app.name, failed.image.key, reason);
  if (!again) history_.serve(project, app.name, noted);
  const auto what = is_same ? "version " + good->image.key + " with its former settings"
                            : described(project, app.name, good->image.key);
  co_return Error(
      ErrorCode::deploy_failed,
      error.message() + "; " + what + " was put back" + (again ? ", and is not ready either" : " and serves"),
      is_same ? "mend greenfield.yaml, then gf up"
              : "gf history " + app.name + "; a change of the checkout comes in by itself, gf deploy " + app.name +
                    " tries what stands there again",
      again ? error.cause() + '\n' + again->cause() : error.cause());
}

/// A version for people.
std::string Rolling::described(const std::string& project, const std::string& app, const std::string& key) const {
  const auto* version = history_.find(project, app, key);
  const auto commit = version ? version->commit.substr(0, 8) : std::string();
  if (commit.empty()) return "version " + key;
  return "version " + key + " (" + commit + (version->dirty ? '+' + version->tree.substr(0, 6) : "") + ')';
}

}  // namespace gf::deploy
