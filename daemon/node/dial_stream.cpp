#include "node/dial_stream.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <cstring>

#include "node/session.hpp"

namespace gf::node {

void DialStream::State::on_data(std::string_view bytes) {
  if (bytes.size() > granted || peer_finished) throw BrokenFrame("more data than was granted");
  granted -= static_cast<std::uint32_t>(bytes.size());
  received.emplace_back(bytes);
  readable.notify_all();
}

void DialStream::State::on_finish() {
  peer_finished = true;
  readable.notify_all();
}

void DialStream::State::on_window(std::uint32_t bytes) {
  credit += bytes;
  writable.notify_all();
}

void DialStream::State::on_end(std::exception_ptr reason) {
  ended = reason;
  readable.notify_all();
  writable.notify_all();
}

DialStream::DialStream(std::shared_ptr<Session> session, std::uint32_t id, std::shared_ptr<State> state)
    : session_(std::move(session)), id_(id), state_(std::move(state)) {}

DialStream::~DialStream() { close(); }

void DialStream::check() const {
  if (state_->closed) throw boost::system::system_error(net::error::operation_aborted);
  if (state_->ended) std::rethrow_exception(state_->ended);
}

std::size_t DialStream::take(char* buffer, std::size_t size) {
  std::size_t copied = 0;
  while (copied < size && !state_->received.empty()) {
    auto& front = state_->received.front();
    const auto part = std::min(size - copied, front.size() - state_->front_read);
    std::memcpy(buffer + copied, front.data() + state_->front_read, part);
    copied += part;
    state_->front_read += part;
    if (state_->front_read < front.size()) break;
    state_->received.pop_front();
    state_->front_read = 0;
  }
  return copied;
}

Task<std::size_t> DialStream::read_some(char* buffer, std::size_t size) {
  // What came before the end is still delivered.
  while (state_->received.empty()) {
    if (state_->peer_finished && !state_->closed) co_return 0;
    check();
    co_await state_->readable.wait();
  }
  const auto copied = take(buffer, size);
  state_->taken += static_cast<std::uint32_t>(copied);
  if (state_->taken >= dial_window / 4) {
    session_->outbox_.post(FrameType::window, id_, encode_window(state_->taken));
    state_->granted += state_->taken;
    state_->taken = 0;
  }
  co_return copied;
}

Task<> DialStream::write(std::string_view bytes) {
  while (!bytes.empty()) {
    check();
    if (state_->credit == 0) {
      co_await state_->writable.wait();
      continue;
    }
    const auto piece = bytes.substr(0, std::min<std::size_t>(piece_size, state_->credit));
    state_->credit -= static_cast<std::uint32_t>(piece.size());
    auto sending = session_->outbox_.send(FrameType::data, id_, {}, piece);
    co_await std::move(sending);
    bytes.remove_prefix(piece.size());
  }
}

Task<> DialStream::finish_writing() {
  check();
  if (!state_->finished) session_->outbox_.post(FrameType::finish, id_);
  state_->finished = true;
  co_return;
}

void DialStream::close() {
  if (state_->closed) return;
  state_->closed = true;
  if (!state_->ended && !(state_->finished && state_->peer_finished)) session_->outbox_.post(FrameType::reset, id_);
  session_->streams_.erase(id_);
  state_->received.clear();
  state_->readable.notify_all();
  state_->writable.notify_all();
}

}  // namespace gf::node
