#pragma once
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "agent/container_processes.hpp"
#include "agent/failure.hpp"
#include "agent/sha256.hpp"
#include "agent/target_tree.hpp"

namespace gf::agent {

/// One comparison as its frames come in; the hashing is cut into steps, so that nobody waits behind it.
class CompareJob {
 public:
  CompareJob(const node::CompareBegin& begin, ContainerProcesses& processes);

  void add(node::CompareFile file) { waiting_.push_back(std::move(file)); }
  void end() { ended_ = true; }
  bool has_work() const { return !waiting_.empty(); }
  bool finished() const { return ended_ && waiting_.empty(); }
  /// Compares for at most a piece of work of about a millisecond.
  void step();
  /// Which files differ, in the order of add(). Throws Failure.
  const std::vector<bool>& differences() const;

 private:
  void begin_next();
  void decide(bool differs);

  std::optional<Failure> failure_;
  ContainerProcesses::Process process_;
  std::optional<TargetTree> tree_;
  std::deque<node::CompareFile> waiting_;
  std::vector<bool> differs_;
  bool ended_ = false;

  // The file that is being read: the front of waiting_.
  Descriptor contents_;
  Sha256 sum_;
};

}  // namespace gf::agent
