#pragma once
#include "addon/addon_spec.hpp"
#include "container/engine.hpp"
#include "kube/mirror.hpp"

namespace gf::addon {

/// Pure: whether what a shell of an addon's has said so far holds the whole line that it is ready for its values.
bool says_ready(std::string_view said);
/// Pure: the last lines that such a shell said of its own.
std::string last_words(std::string_view said);

/// Runs the commands that addons bring along inside their pods.
class PodCommands {
 public:
  PodCommands(kube::Mirror& mirror, container::Engine& engine) : mirror_(mirror), engine_(engine) {}

  /// A ready pod of a workload in the namespace `space`, null while there is none; of several members the one that
  /// leads, where the addon labels it.
  const Json* ready_pod(const std::string& space, const Workload& of) const;

  /// Waits for a ready pod, runs `command` in it with its input filled from `values`, and returns what it wrote.
  /// Throws Error(addon_failed) with `what` and the command's words when it fails.
  Task<std::string> run(std::string space, PodCommand command, std::map<std::string, std::string> values,
                        std::string what);

  /// Starts a shell of an addon's, introduces `values` to it once it says that it is ready for them, and returns it for
  /// whoever talks on. Throws Error(addon_failed) with `what` when no pod is ready, or the shell ends before.
  Task<std::unique_ptr<container::ExecStream>> open(std::string space, PodCommand command,
                                                    std::map<std::string, std::string> values, bool tty,
                                                    std::string what);

  /// Feeds `text` to such a shell. Throws Error(addon_failed) with `what` and the shell's words when it fails.
  Task<> feed(std::string space, PodCommand command, std::map<std::string, std::string> values, std::string text,
              std::string what);

  /// Waits for a ready pod, begins `command` in it, gives it its input and an empty line, and leaves the rest to the
  /// caller.
  Task<std::unique_ptr<container::ExecStream>> begin(std::string space, PodCommand command,
                                                     std::map<std::string, std::string> values);

 private:
  Task<container::ExecSpec> exec_in_ready_pod(std::string space, PodCommand command);
  Task<container::ExecResult> execute(std::string space, PodCommand command, std::string input);

  kube::Mirror& mirror_;
  container::Engine& engine_;
};

}  // namespace gf::addon
