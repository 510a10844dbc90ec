#include "environment/environment.hpp"

// The kinds of operations: what each is about, what it holds, what it does.
namespace gf::environment {

namespace {

std::vector<std::string> whole_cluster(const Json&) { return {"cluster"}; }

}  // namespace

void Environment::add_kinds() {
  using operation::Body;
  using operation::Context;
  using operation::Kind;
  auto name = [](const char* key) { return [key](const Json& parameters) { return parameters.value(key, ""); }; };
  with_.operations.add_kind(
      Kind{"up", name("project"),
           [](const Json& parameters) {
             return std::vector<std::string>{"cluster", "project/" + parameters.value("project", "")};
           },
           [this](const Json& parameters) -> Body {
             return [this, root = parameters.value("root", "")](Context& context) { return run_up(root, context); };
           },
           true});
  with_.operations.add_kind(Kind{"down", [](const Json& parameters) { return parameters.value("project", "cluster"); },
                                 [](const Json& parameters) {
                                   std::vector<std::string> held{"cluster"};
                                   if (parameters.contains("project"))
                                     held.push_back("project/" + parameters.value("project", ""));
                                   return held;
                                 },
                                 [this](const Json& parameters) -> Body {
                                   return [this, project = parameters.value("project", ""),
                                           remove = parameters.value("remove", false)](Context& context) {
                                     return project.empty() ? run_down(remove, context) : run_rest(project, context);
                                   };
                                 },
                                 true});
  with_.operations.add_kind(
      Kind{"restore", [](const Json&) { return std::string("cluster"); }, whole_cluster,
           [this](const Json&) -> Body { return [this](Context& context) { return run_restore(context); }; }, false});
  for (const char* kind : {"addon-enable", "addon-disable"})
    with_.operations.add_kind(Kind{kind, name("addon"), whole_cluster,
                                   [this](const Json& parameters) -> Body {
                                     const auto purge = parameters.value("purge", false) ? parameters.value("addon", "")
                                                                                         : std::string();
                                     return [this, purge](Context& context) { return run_addons(context, purge); };
                                   },
                                   true});
  with_.operations.add_kind(Kind{
      "purge", name("project"),
      [](const Json& parameters) {
        return std::vector<std::string>{"cluster", "project/" + parameters.value("project", "")};
      },
      [this](const Json& parameters) -> Body {
        return
            [this, project = parameters.value("project", "")](Context& context) { return run_purge(project, context); };
      },
      true});
  with_.operations.add_kind(Kind{
      "addon-reset", name("addon"),
      [](const Json& parameters) {
        return std::vector<std::string>{"cluster", "project/" + parameters.value("project", "")};
      },
      [this](const Json& parameters) -> Body {
        return [this, project = parameters.value("project", ""),
                addon = parameters.value("addon", "")](Context& context) { return run_reset(project, addon, context); };
      },
      true});
  with_.operations.add_kind(Kind{
      "rollout", name("app"),
      [](const Json& parameters) { return std::vector<std::string>{"project/" + parameters.value("project", "")}; },
      [this](const Json& parameters) -> Body {
        return [this, project = parameters.value("project", ""), app = parameters.value("app", "")](Context& context) {
          return run_rollout(project, app, context);
        };
      },
      false});
  with_.operations.add_kind(Kind{
      branch_kind, name("project"),
      [](const Json& parameters) { return std::vector<std::string>{"project/" + parameters.value("project", "")}; },
      [this](const Json& parameters) -> Body {
        return [this, project = parameters.value("project", "")](Context& context) {
          return run_branch(project, context);
        };
      },
      false});
  with_.operations.add_kind(Kind{
      "rollback", name("app"),
      [](const Json& parameters) { return std::vector<std::string>{"project/" + parameters.value("project", "")}; },
      [this](const Json& parameters) -> Body {
        return [this, project = parameters.value("project", ""), app = parameters.value("app", ""),
                to = parameters.value("to", "")](Context& context) { return run_rollback(project, app, to, context); };
      },
      false});
  with_.operations.add_kind(
      Kind{wake_kind, name("name"),
           [](const Json& parameters) { return std::vector<std::string>{"wake/" + parameters.value("name", "")}; },
           [this](const Json& parameters) -> Body {
             return [this, woken = parameters.value("name", "")](Context& context) { return run_wake(woken, context); };
           },
           false});
}

}  // namespace gf::environment
