#include "doctor/doctor.hpp"

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "protocol/error.hpp"

namespace gf::doctor {

namespace {

// Two kubelets, containerd and gfd itself watch; kind's known-issues page asks for these numbers.
constexpr long wanted_watches = 524288, wanted_instances = 512;
constexpr long wanted_memory_mib = 3072, wanted_disk_mib = 8192;
constexpr unsigned cap_sys_resource = 24;

long read_number(const char* path) {
  std::ifstream file(path);
  long value = 0;
  file >> value;
  return value;
}

long available_memory_mib() {
  std::ifstream file("/proc/meminfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("MemAvailable:")) return std::atol(line.c_str() + 13) / 1024;
  return 0;
}

bool has_capability(unsigned number) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("CapBnd:")) return (std::strtoull(line.c_str() + 7, nullptr, 16) >> number & 1) != 0;
  return true;
}

bool in_path(const std::string& program) {
  std::istringstream path(std::getenv("PATH") ? std::getenv("PATH") : "");
  for (std::string folder; std::getline(path, folder, ':');)
    if (::access((folder + '/' + program).c_str(), X_OK) == 0) return true;
  return false;
}

Check check(std::string name, State state, std::string summary, std::string cost = {}, std::string repair = {},
            std::vector<std::string> fix = {}) {
  return {std::move(name),
          state,
          std::move(summary),
          state == State::ok ? "" : std::move(cost),
          state == State::ok ? "" : std::move(repair),
          state == State::ok ? std::vector<std::string>() : std::move(fix)};
}

Check sysctl(const std::string& name, const std::string& key, long found, long wanted, const std::string& cost) {
  const auto setting = key + '=' + std::to_string(wanted);
  return check(name, found >= wanted ? State::ok : State::warning, std::to_string(found), cost,
               "sudo sysctl -w " + setting, {"sysctl", "-w", setting});
}

}  // namespace

std::vector<Check> judge(const Facts& facts) {
  std::vector<Check> all;
  all.push_back(check("engine", facts.engine_answers ? State::ok : State::error,
                      facts.engine_answers ? "Docker " + facts.engine_version : facts.engine_error, "nothing can run",
                      "systemctl start docker, or scripts/bootstrap where there is no service manager",
                      {"systemctl", "start", "docker"}));
  all.push_back(check("kind", facts.has_kind ? State::ok : State::error, facts.has_kind ? "found" : "not in PATH",
                      "no cluster can be created", "scripts/bootstrap"));
  all.push_back(check("kubectl", facts.has_kubectl ? State::ok : State::error,
                      facts.has_kubectl ? "found" : "not in PATH", "the manifests of addons cannot be rendered",
                      "scripts/bootstrap"));
  all.push_back(check("cgroups", facts.cgroup_version == "2" ? State::ok : State::warning,
                      "version " + facts.cgroup_version,
                      "memory limits count less precisely, and newer Kubernetes versions refuse version 1",
                      "boot with systemd.unified_cgroup_hierarchy=1"));
  const bool capable = facts.sys_resource || facts.oom_wrapper;
  all.push_back(check("capabilities", capable ? State::ok : State::error,
                      facts.sys_resource ? "CAP_SYS_RESOURCE present"
                      : capable          ? "CAP_SYS_RESOURCE missing, runtime wrapper installed"
                                         : "CAP_SYS_RESOURCE missing",
                      "containers of nodes do not start", "scripts/bootstrap"));
  all.push_back(sysctl("inotify-watches", "fs.inotify.max_user_watches", facts.inotify_watches, wanted_watches,
                       "changes in large checkouts are noticed late"));
  all.push_back(sysctl("inotify-instances", "fs.inotify.max_user_instances", facts.inotify_instances, wanted_instances,
                       "nodes fail with 'too many open files'"));
  all.push_back(check("memory", facts.memory_available_mib >= wanted_memory_mib ? State::ok : State::warning,
                      std::to_string(facts.memory_available_mib) + " MiB available",
                      "three nodes and two layers need about 3 GiB", "close something, or lower cluster.workers"));
  all.push_back(check("disk", facts.disk_free_mib >= wanted_disk_mib ? State::ok : State::warning,
                      std::to_string(facts.disk_free_mib) + " MiB free", "images of nodes and layers need about 8 GiB",
                      "docker system prune"));
  return all;
}

Task<Facts> Doctor::look() {
  Facts facts;
  try {
    auto asking = engine_.version();
    const auto version = co_await std::move(asking);
    facts.engine_answers = true;
    facts.engine_version = version.version;
    facts.cgroup_version = version.cgroup_version;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) throw;
    facts.engine_error = error.message();
    facts.cgroup_version = std::filesystem::exists("/sys/fs/cgroup/cgroup.controllers") ? "2" : "1";
  }
  facts.sys_resource = has_capability(cap_sys_resource);
  facts.oom_wrapper = std::filesystem::exists("/usr/local/sbin/runc-without-sys-resource");
  facts.inotify_watches = read_number("/proc/sys/fs/inotify/max_user_watches");
  facts.inotify_instances = read_number("/proc/sys/fs/inotify/max_user_instances");
  facts.memory_available_mib = available_memory_mib();
  struct statvfs disk {};
  if (::statvfs("/var/lib/docker", &disk) == 0 || ::statvfs("/", &disk) == 0)
    facts.disk_free_mib = static_cast<long>(disk.f_bavail * disk.f_frsize >> 20);
  facts.has_kind = in_path("kind");
  facts.has_kubectl = in_path("kubectl");
  co_return facts;
}

Task<std::vector<Check>> Doctor::examine() {
  auto looking = look();
  const auto facts = co_await std::move(looking);
  co_return judge(facts);
}

Task<std::vector<std::pair<std::string, std::string>>> Doctor::fix(std::vector<std::string> names) {
  auto examining = examine();
  const auto checks = co_await std::move(examining);
  std::vector<std::pair<std::string, std::string>> results;
  for (const auto& one : checks) {
    const bool asked = names.empty() || std::ranges::find(names, one.name) != names.end();
    if (!asked || one.state == State::ok || one.fix.empty()) continue;
    ProcessSpec spec;
    spec.program = one.fix.front();
    spec.arguments.assign(one.fix.begin() + 1, one.fix.end());
    std::string why;
    try {
      auto running = processes_.run(std::move(spec));
      const auto result = co_await std::move(running);
      if (result.exit_code != 0) why = result.errors.empty() ? result.output : result.errors;
      if (result.exit_code != 0 && why.empty()) why = "exit code " + std::to_string(result.exit_code);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::cancelled) throw;
      why = error.message();
    }
    results.emplace_back(one.name, why);
  }
  co_return results;
}

}  // namespace gf::doctor
