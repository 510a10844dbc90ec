#pragma once
#include <memory>

#include "node/link.hpp"
#include "node/session_request.hpp"

namespace gf::node {

/// An archive on its way to one agent: a request whose answer comes after the stream, or in its midst when the runtime
/// gives up. A stream of that id carries the data and what the agent grants.
class ImportStream final : public Import {
 public:
  explicit ImportStream(std::shared_ptr<Session> session);

  Task<> write(std::string_view bytes) override { return stream_->write(bytes); }
  Task<> finish() override;

 private:
  std::shared_ptr<Session> session_;
  Session::Request call_;
  std::shared_ptr<DialStream::State> state_;
  std::unique_ptr<DialStream> stream_;
};

}  // namespace gf::node
