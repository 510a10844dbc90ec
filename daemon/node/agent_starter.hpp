#pragma once
#include <memory>
#include <string>

#include "container/engine.hpp"
#include "core/clock.hpp"
#include "node/link.hpp"

namespace gf::node {

/// The folder in every node that holds gf-supervise under that name, the same whatever its version: pods mount it.
inline constexpr const char* supervisor_folder = "/usr/local/lib/greenfield";

/// Runs gf-agent in nodes. The name of its file carries the digests of all that is put there, so that each version is
/// its own file and a running one is never written over; it is put there, and gf-supervise with it, when it is missing
/// or not what it should be.
class AgentStarter {
 public:
  AgentStarter(container::Engine& engine, Clock& clock, NodePrograms programs);

  /// The stream to an agent that has been greeted. Throws Error(cluster_unavailable) with what went wrong in the node,
  /// Error(engine_unavailable), Error(internal) when our own copy of a program cannot be read.
  Task<std::unique_ptr<container::ExecStream>> start(std::string node);

 private:
  Task<std::unique_ptr<container::ExecStream>> try_start(std::string node);
  Task<> install(std::string node);
  void name_file();

  container::Engine& engine_;
  Clock& clock_;
  NodePrograms programs_;
  std::string digest_, file_;  ///< the agent's; empty until name_file() has read the programs
};

}  // namespace gf::node
