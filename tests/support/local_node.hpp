#pragma once
#include "core/task_group.hpp"
#include "node/agent_link.hpp"
#include "node/greeting.hpp"
#include "support/local_agent.hpp"
#include "support/local_runtime.hpp"
#include "support/run_task.hpp"

namespace gf::test {

/// The real link with the real gf-agent behind it, before a process table of ours.
class LocalNode {
 public:
  LocalNode() {
    group_.spawn("link", link_.run());
    while (!link_.connected()) io_.run_one();
  }
  ~LocalNode() { run_task(io_, group_.stop()); }

  /// Adds a container whose first process is `pid`; returns the folder that is its file system.
  std::filesystem::path add(const std::string& container_id, pid_t pid = 4242) { return table_.add(container_id, pid); }
  node::Link& link() { return link_; }
  net::io_context& io() { return io_; }
  LocalRuntime& runtime() { return runtime_; }

 private:
  Task<std::unique_ptr<container::ExecStream>> open() {
    std::vector<std::string> command;
    command.push_back(GF_AGENT);
    command.push_back("--proc");
    command.push_back(table_.table());
    command.push_back("--blobs");
    command.push_back(runtime_.blobs());
    command.push_back("--runtime");
    command.push_back(runtime_.socket());
    std::unique_ptr<container::ExecStream> stream = std::make_unique<LocalExec>(io_.get_executor(), std::move(command));
    std::string any;
    auto greeting = node::greet(*stream, std::move(any));
    co_await std::move(greeting);
    co_return stream;
  }

  net::io_context io_;
  SystemClock clock_;
  ProcessTable table_;
  LocalRuntime runtime_;
  node::AgentLink link_{io_.get_executor(), clock_, "node-1", [this] { return open(); }, [] {}};
  TaskGroup group_{io_.get_executor()};
};

}  // namespace gf::test
