#include "agent/container_processes.hpp"

#include <dirent.h>
#include <fcntl.h>

#include <charconv>
#include <cstdlib>
#include <memory>

#include "agent/failure.hpp"

namespace gf::agent {

namespace {

/// The text of a small file below `folder`; "" when it is not there (the process has ended).
std::string read_text(int folder, const char* name) {
  const Descriptor file(::openat(folder, name, O_RDONLY | O_CLOEXEC));
  std::string text;
  if (!file) return text;
  char buffer[8192];
  ssize_t got;
  while ((got = ::read(file.get(), buffer, sizeof buffer)) > 0) text.append(buffer, static_cast<std::size_t>(got));
  return text;
}

template <class Function>
void for_each_part(std::string_view text, char separator, Function function) {
  while (!text.empty()) {
    const auto end = text.find(separator);
    function(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

// The shim and runc's own first steps may pass through the container's group; neither has its file system for good.
bool belongs_to_the_runtime(std::string_view stat) {
  return stat.find("(containerd-shim") != std::string_view::npos || stat.find("(runc") != std::string_view::npos;
}

}  // namespace

bool in_container(std::string_view cgroup, std::string_view container_id) {
  if (container_id.empty()) return false;
  const std::string scope = "cri-containerd-" + std::string(container_id) + ".scope";
  bool found = false;
  for_each_part(cgroup, '\n', [&](std::string_view line) {
    for_each_part(line, '/', [&](std::string_view part) { found = found || part == scope || part == container_id; });
  });
  return found;
}

pid_t inner_pid(std::string_view status) {
  pid_t inner = 0;
  for_each_part(status, '\n', [&](std::string_view line) {
    constexpr std::string_view key = "NSpid:";
    if (!line.starts_with(key)) return;
    int count = 0;
    for_each_part(line.substr(key.size()), '\t', [&](std::string_view number) {
      if (number.empty()) return;
      ++count;
      std::from_chars(number.data(), number.data() + number.size(), inner);
    });
    if (count < 2) inner = 0;
  });
  return inner;
}

std::uint64_t start_time(std::string_view stat) {
  const auto name_end = stat.rfind(')');
  if (name_end == std::string_view::npos || name_end + 2 > stat.size()) return 0;
  int field = 2;
  std::uint64_t value = 0;
  for_each_part(stat.substr(name_end + 2), ' ', [&](std::string_view part) {
    if (++field == 22) std::from_chars(part.data(), part.data() + part.size(), value);
  });
  return value;
}

bool ContainerProcesses::open(const Known& known, Process& process) const {
  // Everything is read through one descriptor of the process's folder, which never comes to mean a later process.
  const Descriptor folder(::open((proc_ + '/' + std::to_string(known.pid)).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder || start_time(read_text(folder.get(), "stat")) != known.start_time) return false;
  process.root = Descriptor(::openat(folder.get(), "root", O_PATH | O_DIRECTORY | O_CLOEXEC));
  process.network = Descriptor(::openat(folder.get(), "ns/net", O_RDONLY | O_CLOEXEC));
  process.pid = known.pid;
  process.start_time = known.start_time;
  return static_cast<bool>(process.root);
}

bool ContainerProcesses::search(const std::string& container_id, Known& found) const {
  const std::unique_ptr<DIR, int (*)(DIR*)> table(::opendir(proc_.c_str()), &::closedir);
  if (!table) return false;
  // The first process is number 1 in its own namespace. A pod that shares its process namespace has no such one in
  // this group: then the oldest process of the group stands for it.
  Known oldest{0, 0};
  found = oldest;
  while (const dirent* entry = ::readdir(table.get())) {
    const pid_t pid = std::atoi(entry->d_name);
    if (pid <= 0) continue;
    const Descriptor folder(::openat(::dirfd(table.get()), entry->d_name, O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folder || !in_container(read_text(folder.get(), "cgroup"), container_id)) continue;
    const auto stat = read_text(folder.get(), "stat");
    const Known candidate{pid, start_time(stat)};
    if (candidate.start_time == 0 || belongs_to_the_runtime(stat)) continue;
    const auto older = [&](const Known& than) {
      return than.pid == 0 || candidate.start_time < than.start_time ||
             (candidate.start_time == than.start_time && candidate.pid < than.pid);
    };
    if (older(oldest)) oldest = candidate;
    if (inner_pid(read_text(folder.get(), "status")) == 1 && (found.pid == 0 || pid < found.pid)) found = candidate;
  }
  if (found.pid == 0) found = oldest;
  return found.pid != 0;
}

ContainerProcesses::Process ContainerProcesses::first(const std::string& container_id) {
  Process process;
  if (const auto known = known_.find(container_id); known != known_.end()) {
    if (open(known->second, process)) return process;
    known_.erase(known);
  }
  Known found{};
  if (!search(container_id, found) || !open(found, process))
    throw Failure{"not-found", "cannot find the container " + container_id.substr(0, 12) + ": it does not run", ""};
  known_.insert_or_assign(container_id, found);
  return process;
}

}  // namespace gf::agent
