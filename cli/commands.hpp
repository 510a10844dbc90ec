#pragma once
#include <CLI/CLI.hpp>

#include "follow.hpp"
#include "session.hpp"

namespace gf::cli {

/// What the commands share.
struct Context {
  Session& session;
  Output output;
  std::string folder;    ///< -C: the project's folder; the working directory by default
  bool no_wait = false;  ///< --no-wait: begin the operation and leave
  int exit_code = 0;     ///< of a command that was run inside a pod, or of a look that found what it should not
};

/// The table of commands: each file in commands/ adds its own to `app`.
void add_commands(CLI::App& app, Context& context);
void add_init(CLI::App& app, Context& context);
void add_up(CLI::App& app, Context& context);
void add_dev(CLI::App& app, Context& context);
void add_down(CLI::App& app, Context& context);
void add_status(CLI::App& app, Context& context);
void add_logs(CLI::App& app, Context& context);
void add_events(CLI::App& app, Context& context);
void add_app(CLI::App& app, Context& context);
void add_exec(CLI::App& app, Context& context);
void add_connect(CLI::App& app, Context& context);
void add_env(CLI::App& app, Context& context);
void add_url(CLI::App& app, Context& context);
void add_load(CLI::App& app, Context& context);
void add_doctor(CLI::App& app, Context& context);
void add_addon(CLI::App& app, Context& context);
void add_operation(CLI::App& app, Context& context);
void add_kubeconfig(CLI::App& app, Context& context);
void add_daemon(CLI::App& app, Context& context);
void add_deliver(CLI::App& app, Context& context);
void add_sleep(CLI::App& app, Context& context);
void add_backup(CLI::App& app, Context& context);
void add_snapshot(CLI::App& app, Context& context);
void add_seal(CLI::App& app, Context& context);
void add_completion(CLI::App& app, Context& context);
void add_version(CLI::App& app, Context& context);

/// The nearest folder from `folder` upwards that holds a greenfield.yaml, else `folder` itself; absolute, without
/// links.
std::string project_root(const std::string& folder);
/// The project of the status answer whose checkout holds the folder. Throws Error(not_found).
Json current_project(const Context& context, const Json& status);
/// An app of the project (of the status answer) that has an address, the first such for "". nullptr when there is none.
const Json* find_app(const Json& project, const std::string& name);
/// Shows `operation` (an answer of the daemon's) to its end, or says its id with --no-wait. Returns its result.
Json finish(Context& context, const Json& operation);

}  // namespace gf::cli
