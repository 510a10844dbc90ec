#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/container_processes.hpp"
#include "agent/failure.hpp"
#include "agent/target_tree.hpp"

namespace gf::agent {

/// One sync as its frames come in. A part that fails is remembered, the rest is then skipped, and end() tells of it.
class SyncJob {
 public:
  SyncJob(const node::SyncBegin& begin, ContainerProcesses& processes);
  ~SyncJob();  ///< what was not finished leaves no trace

  void remove(const std::string& path);
  void begin_file(node::SyncFile file, std::string_view first_piece);
  void add_data(std::string_view piece);
  /// Removes emptied folders and sends the signal. Throws Failure: the first of all parts.
  node::SyncDone end();

 private:
  template <class Part>
  void attempt(Part part);
  void write(std::string_view piece);
  void finish_file();
  void discard_file();

  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::optional<Failure> failure_;
  ContainerProcesses::Process process_;
  std::optional<TargetTree> tree_;
  int signal_ = 0;
  std::vector<std::string> removed_;
  node::SyncDone done_;

  // The file that is being written.
  std::optional<node::SyncFile> file_;
  TargetTree::Place place_;
  std::string temporary_;
  Descriptor contents_;
  std::string link_;
  std::uint64_t written_ = 0;
};

/// "HUP" or "SIGHUP" → its number, also of node::restart_signal; empty → 0. Throws Failure(bad-request).
int signal_number(const std::string& name);

}  // namespace gf::agent
