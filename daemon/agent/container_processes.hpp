#pragma once
#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>

#include "agent/descriptor.hpp"

namespace gf::agent {

/// Finds the first process of a container in this node, by its control group.
class ContainerProcesses {
 public:
  /// `proc` is where the process table is mounted.
  explicit ContainerProcesses(std::string proc = "/proc") : proc_(std::move(proc)) {}

  struct Process {
    pid_t pid = 0;
    std::uint64_t start_time = 0;  ///< in clock ticks since boot: tells a process from a later one with the same pid
    Descriptor root;               ///< its root folder (O_PATH): the container's file system as the container sees it
    Descriptor network;            ///< its network namespace, which all containers of its pod share
  };
  /// Throws Failure(not-found) when no process of the container runs.
  Process first(const std::string& container_id);

 private:
  struct Known {
    pid_t pid;
    std::uint64_t start_time;
  };
  bool open(const Known& known, Process& process) const;
  bool search(const std::string& container_id, Known& found) const;

  std::string proc_;
  std::map<std::string, Known> known_;
};

/// Pure: whether `cgroup` (the text of /proc/<pid>/cgroup) places the process in the container; v1 and v2, systemd
/// ("cri-containerd-<id>.scope") and plain ("<id>") names.
bool in_container(std::string_view cgroup, std::string_view container_id);

/// Pure: the pid that `status` (the text of /proc/<pid>/status) gives the process in its innermost pid namespace,
/// 0 when it lives in ours.
pid_t inner_pid(std::string_view status);

/// Pure: field 22 of `stat` (the text of /proc/<pid>/stat), 0 when malformed. The name in field 2 may hold anything.
std::uint64_t start_time(std::string_view stat);

}  // namespace gf::agent
