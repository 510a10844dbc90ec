#pragma once
#include <exception>
#include <string>
#include <string_view>

#include "core/signal.hpp"
#include "node/session.hpp"

namespace gf::node {

/// A request that waits for its answer. It lives in the frame of the coroutine that made it; when that is cancelled,
/// the agent is told to forget it.
class Session::Request {
 public:
  explicit Request(Session& session) : session_(session), arrived_(session.executor_) {
    if (session.ended_) std::rethrow_exception(session.ended_);
    id_ = session.next_id();
    session.requests_.emplace(id_, this);
  }
  ~Request() {
    session_.requests_.erase(id_);
    if (!answered_) session_.outbox_.post(FrameType::reset, id_);
  }
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  std::uint32_t id() const { return id_; }
  void succeed(std::string_view payload) {
    payload_ = payload;
    answered_ = true;
    arrived_.notify_all();
  }
  void fail(std::exception_ptr reason) {
    failure_ = reason;
    answered_ = true;
    arrived_.notify_all();
  }
  Task<std::string> answer() {
    while (!answered_) co_await arrived_.wait();
    if (failure_) std::rethrow_exception(failure_);
    co_return std::move(payload_);
  }

 private:
  Session& session_;
  Signal arrived_;
  std::uint32_t id_ = 0;
  bool answered_ = false;
  std::string payload_;
  std::exception_ptr failure_;
};

}  // namespace gf::node
