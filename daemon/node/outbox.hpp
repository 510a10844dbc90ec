#pragma once
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <list>
#include <string>
#include <string_view>

#include "container/engine.hpp"
#include "core/signal.hpp"
#include "node/frame.hpp"

namespace gf::node {

/// Frames on their way to one agent. Who sends much waits for room and takes turns, one piece each: a large file holds
/// nobody up for longer than a few pieces.
class Outbox {
 public:
  explicit Outbox(Executor executor) : executor_(executor), filled_(executor) {}

  /// Appends a frame without waiting: for what is small and rare. Nothing happens once closed.
  void post(FrameType type, std::uint32_t id, std::string_view head = {});
  /// Waits for its turn, then appends. `head` and `body` must stay alive until then. Throws the reason of close().
  Task<> send(FrameType type, std::uint32_t id, std::string_view head, std::string_view body = {});
  /// Writes what comes to `stream`; ends only by an error or cancellation.
  Task<> drain_to(container::ExecStream& stream);
  /// Fails all who wait, and all later send().
  void close(std::exception_ptr reason);

 private:
  struct Waiter {
    net::steady_timer timer;
    bool called = false;
  };
  void append(FrameType type, std::uint32_t id, std::string_view head, std::string_view body);
  void call_waiters();

  Executor executor_;
  Signal filled_;
  std::string filling_, writing_;
  std::list<Waiter> waiters_;
  std::exception_ptr closed_;
};

}  // namespace gf::node
