#pragma once
#include <string>
#include <vector>

#include "container/engine.hpp"
#include "system/process_runner.hpp"

namespace gf::doctor {

enum class State { ok, warning, error };

/// One thing that the host should have.
struct Check {
  std::string name;
  State state = State::ok;
  std::string summary;           ///< what was found
  std::string cost;              ///< what its lack costs
  std::string repair;            ///< a command that repairs it, for people
  std::vector<std::string> fix;  ///< the same for `gf doctor --fix`; empty = not ours to do
};

/// What the checks judge: read from the host, so that they are pure.
struct Facts {
  bool engine_answers = false;
  std::string engine_version, engine_error;
  std::string cgroup_version;
  bool sys_resource = true;
  bool oom_wrapper = false;  ///< the runtime that does without CAP_SYS_RESOURCE is installed
  long inotify_watches = 0, inotify_instances = 0;
  long memory_available_mib = 0, disk_free_mib = 0;
  bool has_kind = false, has_kubectl = false;
};

/// Pure.
std::vector<Check> judge(const Facts& facts);

class Doctor {
 public:
  Doctor(container::Engine& engine, ProcessRunner& processes) : engine_(engine), processes_(processes) {}
  Task<std::vector<Check>> examine();
  /// Runs the fix of each check in `names` (empty = all that fail and can be fixed); returns name → why it failed ("" =
  /// done).
  Task<std::vector<std::pair<std::string, std::string>>> fix(std::vector<std::string> names);

 private:
  Task<Facts> look();
  container::Engine& engine_;
  ProcessRunner& processes_;
};

}  // namespace gf::doctor
