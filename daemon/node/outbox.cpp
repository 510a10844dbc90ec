#include "node/outbox.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/system/system_error.hpp>

namespace gf::node {

namespace {
constexpr std::size_t limit = 4 * piece_size;
}

void Outbox::append(FrameType type, std::uint32_t id, std::string_view head, std::string_view body) {
  const bool was_empty = filling_.empty();
  append_frame(filling_, type, id, head, body);
  if (was_empty) filled_.notify_all();
}

void Outbox::post(FrameType type, std::uint32_t id, std::string_view head) {
  if (!closed_) append(type, id, head, {});
}

Task<> Outbox::send(FrameType type, std::uint32_t id, std::string_view head, std::string_view body) {
  if (!closed_ && (!waiters_.empty() || filling_.size() >= limit)) {
    waiters_.push_back({net::steady_timer(executor_, net::steady_timer::time_point::max())});
    const auto self = std::prev(waiters_.end());
    const auto [error] = co_await self->timer.async_wait(net::as_tuple(net::use_awaitable));
    const bool called = self->called;
    waiters_.erase(self);
    if (!called && !closed_) {
      call_waiters();
      throw boost::system::system_error(error);
    }
  }
  if (closed_) std::rethrow_exception(closed_);
  append(type, id, head, body);
  call_waiters();
}

void Outbox::call_waiters() {
  // One at a time: who was called appends its frame first and then calls the next.
  if (waiters_.empty() || waiters_.front().called || filling_.size() >= limit) return;
  waiters_.front().called = true;
  waiters_.front().timer.cancel();
}

Task<> Outbox::drain_to(container::ExecStream& stream) {
  for (;;) {
    while (filling_.empty()) co_await filled_.wait();
    std::swap(filling_, writing_);
    call_waiters();
    co_await stream.write(writing_);
    writing_.clear();
  }
}

void Outbox::close(std::exception_ptr reason) {
  closed_ = reason;
  filling_.clear();
  for (auto& waiter : waiters_) waiter.timer.cancel();
}

}  // namespace gf::node
