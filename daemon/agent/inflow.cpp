#include "agent/inflow.hpp"

#include <sys/socket.h>

#include <cerrno>

#include "node/messages.hpp"

namespace gf::agent {

using node::FrameType;

void Inflow::add(std::string_view bytes) {
  if (ending_) throw node::BrokenFrame("data after the end of a stream");
  if (queue_.size() - begin_ + bytes.size() + taken_ > node::dial_window)
    throw node::BrokenFrame("more data than was granted");
  if (begin_ > node::dial_window / 2) {
    queue_.erase(0, begin_);
    begin_ = 0;
  }
  queue_.append(bytes);
}

bool Inflow::flush(int socket, std::string& out) {
  while (begin_ < queue_.size()) {
    const auto put = ::send(socket, queue_.data() + begin_, queue_.size() - begin_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0 && errno == EAGAIN) break;
    if (put < 0) return false;
    begin_ += static_cast<std::size_t>(put);
    taken_ += static_cast<std::uint32_t>(put);
  }
  if (begin_ == queue_.size()) {
    queue_.clear();
    begin_ = 0;
    if (ending_ && !ended_) {
      ::shutdown(socket, SHUT_WR);
      ended_ = true;
    }
  }
  if (taken_ >= node::dial_window / 4) {
    node::append_frame(out, FrameType::window, id_, node::encode_window(taken_));
    taken_ = 0;
  }
  return true;
}

}  // namespace gf::agent
