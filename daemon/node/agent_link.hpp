#pragma once
#include <functional>
#include <memory>
#include <string>

#include "core/clock.hpp"
#include "node/link.hpp"
#include "node/session.hpp"

namespace gf::node {

/// Opens the stream to a greeted agent.
using OpenAgent = std::function<Task<std::unique_ptr<container::ExecStream>>()>;

/// The link to one node: a session while there is one, and the way to the next.
class AgentLink final : public Link {
 public:
  /// `on_change` is called whenever connected() has changed. What is dialled comes through `passed` where it can; with
  /// null always through the session.
  AgentLink(Executor executor, Clock& clock, std::string node, OpenAgent open, std::function<void()> on_change,
            std::shared_ptr<PassedSockets> passed = nullptr);

  /// Keeps the link up: opens, carries, opens again. Ends only by cancellation.
  Task<> run();

  const std::string& node() const override { return node_; }
  bool connected() const override { return session_ != nullptr; }
  Task<SyncResult> sync(SyncRequest request) override;
  Task<std::vector<std::size_t>> compare(std::string container_id, std::string target,
                                         std::vector<FileState> files) override;
  Task<std::unique_ptr<http::Stream>> dial(DialTarget target) override;
  Task<BlobSizes> blobs(std::vector<std::string> digests) override;
  Task<std::unique_ptr<Import>> import_images() override;

 private:
  Task<> run_once();
  std::shared_ptr<Session> live() const;

  Executor executor_;
  Clock& clock_;
  std::string node_;
  OpenAgent open_;
  std::function<void()> on_change_;
  std::shared_ptr<PassedSockets> passed_;
  std::shared_ptr<Session> session_;
  std::exception_ptr last_failure_;  ///< why there is no session, once one was tried
  bool carried_ = false;             ///< the latest try led to a session
};

}  // namespace gf::node
