#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "node/dial_stream.hpp"
#include "node/link.hpp"
#include "node/messages.hpp"
#include "node/outbox.hpp"
#include "node/passed_sockets.hpp"

namespace gf::node {

/// One life of the stream to an agent: requests go out with an id, answers find their request by it. When the stream
/// ends, everything that waits fails at once. Whoever calls holds a shared_ptr meanwhile.
class Session final : public std::enable_shared_from_this<Session> {
 public:
  /// `stream` leads to an agent that has been greeted; `passed` may be null.
  Session(Executor executor, std::string node, std::unique_ptr<container::ExecStream> stream,
          std::shared_ptr<PassedSockets> passed);
  ~Session();

  /// Carries frames until the stream ends (then throws Error(cluster_unavailable) with the reason) or is cancelled.
  Task<> run();

  Task<SyncResult> sync(SyncRequest request);
  Task<std::vector<std::size_t>> compare(std::string container_id, std::string target, std::vector<FileState> files);
  Task<std::unique_ptr<http::Stream>> dial(DialTarget target);
  Task<BlobSizes> blobs(std::vector<std::string> digests);
  Task<std::unique_ptr<Import>> import_images();

 private:
  friend class DialStream;
  friend class ImportStream;
  class Request;

  Task<> read();
  Task<> send_file(std::uint32_t id, const FileWrite& write);
  void serve(const Frame& frame);
  void serve_stream(const Frame& frame);
  void fail(std::uint32_t id, std::exception_ptr reason);
  void end(std::exception_ptr thrown);
  std::uint32_t next_id();

  Executor executor_;
  std::string node_;
  std::unique_ptr<container::ExecStream> stream_;
  std::shared_ptr<PassedSockets> passed_;
  Outbox outbox_;
  FrameReader reader_;
  std::string said_;  ///< the latest of what the agent told people
  std::uint32_t last_id_ = 0;
  std::map<std::uint32_t, Request*> requests_;
  std::map<std::uint32_t, std::shared_ptr<DialStream::State>> streams_;
  std::exception_ptr ended_;
};

}  // namespace gf::node
