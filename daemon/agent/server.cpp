#include "agent/server.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>

#include <array>
#include <cerrno>

namespace gf::agent {

using node::FrameType;

namespace {

/// With so much unsent the tunnels are not read any further: the daemon takes it at its own pace.
constexpr std::size_t output_limit = 512 * 1024;

}  // namespace

Server::Server(int input, int output, Places places)
    : input_(input),
      output_(output),
      processes_(std::move(places.proc)),
      blobs_(std::move(places.blobs)),
      runtime_(std::move(places.runtime)),
      poller_(::epoll_create1(EPOLL_CLOEXEC)) {
  ::fcntl(output_, F_SETFL, ::fcntl(output_, F_GETFL) | O_NONBLOCK);
  // Fewer and larger turns. Where the streams are no pipes, or the limit is lower, it stays as it is.
  for (const int pipe : {input_, output_}) ::fcntl(pipe, F_SETPIPE_SZ, 1024 * 1024);
}

void Server::run() {
  for (;;) {
    std::array<pollfd, 3> waits{{{input_, POLLIN, 0}, {output_, 0, 0}, {poller_.get(), 0, 0}}};
    if (unsent() > 0) waits[1].events = POLLOUT;
    if (unsent() < output_limit) waits[2].events = POLLIN;
    if (::poll(waits.data(), waits.size(), comparing() ? 0 : -1) < 0 && errno != EINTR) return;
    if (waits[1].revents & (POLLERR | POLLHUP | POLLNVAL)) return;
    if (waits[0].revents != 0 && !read_input()) return;
    if (waits[2].revents != 0) turn_streams();
    step_comparisons();
    reap();
    if (!write_output()) return;
  }
}

bool Server::read_input() {
  static char buffer[256 * 1024];
  const auto got = ::read(input_, buffer, sizeof buffer);
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  if (got == 0) return false;
  reader_.feed(std::string_view(buffer, static_cast<std::size_t>(got)));
  while (const auto frame = reader_.next()) serve(*frame);
  return true;
}

bool Server::write_output() {
  while (unsent() > 0) {
    const auto put = ::write(output_, out_.data() + out_begin_, unsent());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0 && errno != EAGAIN) return false;
    if (put < 0) break;
    out_begin_ += static_cast<std::size_t>(put);
  }
  if (unsent() == 0 || out_begin_ > output_limit) {
    out_.erase(0, out_begin_);
    out_begin_ = 0;
  }
  return true;
}

void Server::serve(const node::Frame& frame) {
  switch (frame.type) {
    case FrameType::hello: {
      if (node::decode_hello(frame.payload).version != node::protocol_version)
        throw node::BrokenFrame("a daemon of another version");
      node::Hello answer;
      answer.digest = file_digest("/proc/self/exe");
      return node::append_frame(out_, FrameType::hello, 0, encode(answer));
    }
    case FrameType::sync_begin:
    case FrameType::sync_delete:
    case FrameType::sync_file:
    case FrameType::sync_data:
    case FrameType::sync_end:
      return serve_sync(frame);
    case FrameType::compare_begin:
    case FrameType::compare_file:
    case FrameType::compare_end:
      return serve_compare(frame);
    case FrameType::blobs:
      return answer_blobs(frame);
    case FrameType::import:
      return begin_import(frame.id);
    case FrameType::dial:
      return dial(frame);
    case FrameType::data:
    case FrameType::finish:
    case FrameType::window:
      if (!serve_import(frame)) serve_tunnel(frame);
      return;
    case FrameType::reset:
      return forget(frame.id);
    case FrameType::done:
    case FrameType::failed:
      throw node::BrokenFrame("an answer from the daemon");
  }
}

void Server::fail(std::uint32_t id, const Failure& failure) {
  node::append_frame(out_, FrameType::failed, id, encode(failure));
}

void Server::serve_sync(const node::Frame& frame) {
  if (frame.type == FrameType::sync_begin) {
    syncs_.try_emplace(frame.id, node::decode_sync_begin(frame.payload), processes_);
    return;
  }
  const auto job = syncs_.find(frame.id);
  if (job == syncs_.end()) throw node::BrokenFrame("a part of a sync that did not begin");
  std::string_view piece;
  switch (frame.type) {
    case FrameType::sync_delete:
      return job->second.remove(std::string(frame.payload));
    case FrameType::sync_data:
      return job->second.add_data(frame.payload);
    case FrameType::sync_file: {
      auto file = node::decode_sync_file(frame.payload, piece);
      return job->second.begin_file(std::move(file), piece);
    }
    default:
      break;
  }
  try {
    node::append_frame(out_, FrameType::done, frame.id, encode(job->second.end()));
  } catch (const Failure& failure) {
    fail(frame.id, failure);
  }
  syncs_.erase(job);
}

void Server::serve_compare(const node::Frame& frame) {
  if (frame.type == FrameType::compare_begin) {
    comparisons_.try_emplace(frame.id, node::decode_compare_begin(frame.payload), processes_);
    return;
  }
  const auto job = comparisons_.find(frame.id);
  if (job == comparisons_.end()) throw node::BrokenFrame("a part of a comparison that did not begin");
  if (frame.type == FrameType::compare_file) return job->second.add(node::decode_compare_file(frame.payload));
  job->second.end();
}

bool Server::comparing() const {
  for (const auto& [id, job] : comparisons_)
    if (job.has_work() || job.finished()) return true;
  return false;
}

void Server::step_comparisons() {
  for (auto it = comparisons_.begin(); it != comparisons_.end();) {
    auto& [id, job] = *it;
    // Most files of a checkout are small: several to one turn of the loop.
    for (int i = 0; i < 8; ++i) job.step();
    if (!job.finished()) {
      ++it;
      continue;
    }
    try {
      node::append_frame(out_, FrameType::done, id, node::encode_bits(job.differences()));
    } catch (const Failure& failure) {
      fail(id, failure);
    }
    it = comparisons_.erase(it);
  }
}

void Server::dial(const node::Frame& frame) {
  try {
    tunnels_.try_emplace(frame.id, poller_.get(), frame.id, node::decode_dial(frame.payload), processes_);
  } catch (const Failure& failure) {
    fail(frame.id, failure);
  }
}

void Server::serve_tunnel(const node::Frame& frame) {
  // What was on its way when the tunnel ended here finds nobody: that is no error.
  const auto tunnel = tunnels_.find(frame.id);
  if (tunnel == tunnels_.end()) return;
  bool lives = true;
  if (frame.type == FrameType::data) lives = tunnel->second.on_data(frame.payload, out_);
  if (frame.type == FrameType::finish) lives = tunnel->second.on_finish(out_);
  if (frame.type == FrameType::window) lives = tunnel->second.on_window(node::decode_window(frame.payload));
  if (!lives) tunnels_.erase(tunnel);
}

void Server::forget(std::uint32_t id) {
  syncs_.erase(id);
  comparisons_.erase(id);
  if (const auto job = imports_.find(id); job != imports_.end()) {
    ending_.push_back(job->second.process());
    imports_.erase(job);
  }
  const auto tunnel = tunnels_.find(id);
  if (tunnel == tunnels_.end()) return;
  tunnel->second.abort();
  tunnels_.erase(tunnel);
}

void Server::turn_streams() {
  // One piece from each that is ready, then everybody else's turn. One that is alone sends several: fewer turns, and
  // still less than a daemon that has a sync to answer would notice.
  std::array<epoll_event, 16> events;
  const int ready = ::epoll_wait(poller_.get(), events.data(), events.size(), 0);
  const int pieces = ready == 1 ? 4 : 1;
  for (int i = 0; i < ready; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    const auto tunnel = tunnels_.find(event.data.u32);
    if (tunnel != tunnels_.end() && !tunnel->second.on_events(event.events, pieces, out_)) tunnels_.erase(tunnel);
    const auto job = imports_.find(event.data.u32);
    if (job != imports_.end() && !job->second.on_events(event.events, out_)) imports_.erase(job);
  }
}

}  // namespace gf::agent
