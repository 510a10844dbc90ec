#pragma once
#include <memory>
#include <string>

#include "container/engine.hpp"
#include "core/clock.hpp"

namespace gf::node {

/// Runs gf-agent in nodes. The name of its file carries its digest, so that each version is its own file and a running
/// one is never written over; it is put there when it is missing or not what it should be.
class AgentStarter {
 public:
  AgentStarter(container::Engine& engine, Clock& clock, std::string agent_path);

  /// The stream to an agent that has been greeted. Throws Error(cluster_unavailable) with what went wrong in the node,
  /// Error(engine_unavailable), Error(internal) when our own copy of the agent cannot be read.
  Task<std::unique_ptr<container::ExecStream>> start(std::string node);

 private:
  Task<std::unique_ptr<container::ExecStream>> try_start(std::string node);
  Task<> install(std::string node);
  const std::string& digest();
  std::string file_name();

  container::Engine& engine_;
  Clock& clock_;
  std::string agent_path_, digest_;
};

}  // namespace gf::node
