#include "node/agent_link.hpp"

#include "core/backoff.hpp"
#include "protocol/error.hpp"

namespace gf::node {

AgentLink::AgentLink(Executor executor, Clock& clock, std::string node, OpenAgent open, std::function<void()> on_change,
                     std::shared_ptr<PassedSockets> passed)
    : executor_(executor),
      clock_(clock),
      node_(std::move(node)),
      open_(std::move(open)),
      on_change_(std::move(on_change)),
      passed_(std::move(passed)) {}

Task<> AgentLink::run() {
  using namespace std::chrono_literals;
  Backoff backoff(50ms, 5s);
  for (;;) {
    carried_ = false;
    std::exception_ptr failed;
    try {
      co_await run_once();
    } catch (...) {
      failed = std::current_exception();
    }
    if (session_) {
      session_.reset();
      on_change_();
    }
    last_failure_ = failed;
    if (error_from(failed).code() == ErrorCode::cancelled) std::rethrow_exception(failed);
    if (carried_) backoff.reset();
    co_await clock_.sleep_for(backoff.next());
  }
}

Task<> AgentLink::run_once() {
  auto stream = co_await open_();
  session_ = std::make_shared<Session>(executor_, node_, std::move(stream), passed_);
  carried_ = true;
  on_change_();
  const auto session = session_;
  co_await session->run();
}

std::shared_ptr<Session> AgentLink::live() const {
  if (session_) return session_;
  const auto why =
      last_failure_ ? error_from(last_failure_) : Error(ErrorCode::cluster_unavailable, "the link is not up yet");
  throw Error(ErrorCode::cluster_unavailable, "cannot reach the node " + node_ + ": " + why.message(), why.hint(),
              why.cause());
}

// Each call holds the session it began with, and touches nothing of the link afterwards.

Task<SyncResult> AgentLink::sync(SyncRequest request) {
  const auto session = live();
  auto result = session->sync(std::move(request));
  co_return co_await std::move(result);
}

Task<std::vector<std::size_t>> AgentLink::compare(std::string container_id, std::string target,
                                                  std::vector<FileState> files) {
  const auto session = live();
  auto result = session->compare(std::move(container_id), std::move(target), std::move(files));
  co_return co_await std::move(result);
}

Task<std::unique_ptr<http::Stream>> AgentLink::dial(DialTarget target) {
  const auto session = live();
  auto result = session->dial(std::move(target));
  co_return co_await std::move(result);
}

Task<BlobSizes> AgentLink::blobs(std::vector<std::string> digests) {
  const auto session = live();
  auto result = session->blobs(std::move(digests));
  co_return co_await std::move(result);
}

Task<std::unique_ptr<Import>> AgentLink::import_images() {
  const auto session = live();
  auto result = session->import_images();
  co_return co_await std::move(result);
}

}  // namespace gf::node
