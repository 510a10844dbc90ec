#include "node/session.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <climits>

#include "core/when_all.hpp"
#include "node/session_request.hpp"
#include "protocol/error.hpp"

namespace gf::node {

namespace {

/// Longer than any path that the kernel takes; so every frame's fields fit beside a piece of contents.
void check_length(const std::string& path) {
  if (path.size() >= PATH_MAX)
    throw Error(ErrorCode::bad_request, "cannot sync a path of " + std::to_string(path.size()) + " bytes");
}

Error error_of(const Failure& failure) { return Error(error_code_from(failure.code), failure.message, failure.hint); }

}  // namespace

Session::Session(Executor executor, std::string node, std::unique_ptr<container::ExecStream> stream,
                 std::shared_ptr<PassedSockets> passed)
    : executor_(executor),
      node_(std::move(node)),
      stream_(std::move(stream)),
      passed_(std::move(passed)),
      outbox_(executor) {}

Session::~Session() = default;

std::uint32_t Session::next_id() {
  do ++last_id_;
  while (last_id_ == 0 || requests_.contains(last_id_) || streams_.contains(last_id_));
  return last_id_;
}

Task<> Session::run() {
  std::vector<Task<>> both;
  both.push_back(read());
  both.push_back(outbox_.drain_to(*stream_));
  auto running = when_all(std::move(both));
  std::exception_ptr thrown;
  try {
    co_await std::move(running);
  } catch (...) {
    thrown = std::current_exception();
  }
  end(thrown);
  std::rethrow_exception(thrown);
}

Task<> Session::read() {
  constexpr std::size_t said_limit = 4096;
  for (;;) {
    auto piece = co_await stream_->read();
    if (!piece) throw Error(ErrorCode::cluster_unavailable, "its agent ended", {}, said_);
    if (piece->is_error) {
      said_ += piece->bytes;
      if (said_.size() > said_limit) said_.erase(0, said_.size() - said_limit);
      continue;
    }
    try {
      reader_.feed(piece->bytes);
      while (const auto frame = reader_.next()) serve(*frame);
    } catch (const BrokenFrame& broken) {
      throw Error(ErrorCode::cluster_unavailable, std::string("its agent sent ") + broken.what(), {}, said_);
    }
  }
}

void Session::serve(const Frame& frame) {
  // An answer that nobody waits for any more was on its way when the request was given up.
  const auto request = requests_.find(frame.id);
  switch (frame.type) {
    case FrameType::done:
      if (request != requests_.end()) request->second->succeed(frame.payload);
      return;
    case FrameType::failed:
      return fail(frame.id, std::make_exception_ptr(error_of(decode_failure(frame.payload))));
    case FrameType::reset:
    case FrameType::data:
    case FrameType::finish:
    case FrameType::window:
      return serve_stream(frame);
    default:
      throw BrokenFrame("a request from the agent");
  }
}

void Session::fail(std::uint32_t id, std::exception_ptr reason) {
  const auto request = requests_.find(id);
  if (request != requests_.end()) request->second->fail(reason);
  const auto stream = streams_.find(id);
  if (stream == streams_.end()) return;
  const auto state = stream->second;
  streams_.erase(stream);
  state->on_end(reason);
}

void Session::serve_stream(const Frame& frame) {
  const auto found = streams_.find(frame.id);
  if (found == streams_.end()) return;
  const auto state = found->second;
  if (frame.type == FrameType::data) state->on_data(frame.payload);
  if (frame.type == FrameType::finish) state->on_finish();
  if (frame.type == FrameType::window) state->on_window(decode_window(frame.payload));
  if (frame.type == FrameType::reset) {
    streams_.erase(found);
    state->on_end(std::make_exception_ptr(boost::system::system_error(net::error::connection_reset)));
  }
}

void Session::end(std::exception_ptr thrown) {
  const auto why = error_from(thrown);
  const bool stopped = why.code() == ErrorCode::cancelled;
  ended_ = std::make_exception_ptr(
      Error(ErrorCode::cluster_unavailable,
            "cannot reach the node " + node_ + ": " + (stopped ? "the link is closed" : why.message()), why.hint(),
            why.cause()));
  for (const auto& [id, request] : requests_) request->fail(ended_);
  for (const auto& [id, state] : streams_) state->on_end(ended_);
  streams_.clear();
  outbox_.close(ended_);
  stream_->close();
}

Task<SyncResult> Session::sync(SyncRequest request) {
  Request call(*this);
  check_length(request.target);
  SyncBegin begin;
  begin.container_id = std::move(request.container_id);
  begin.target = std::move(request.target);
  begin.signal = std::move(request.signal);
  const auto head = encode(begin);
  auto beginning = outbox_.send(FrameType::sync_begin, call.id(), head);
  co_await std::move(beginning);
  for (const auto& path : request.deletes) {
    check_length(path);
    auto sending = outbox_.send(FrameType::sync_delete, call.id(), path);
    co_await std::move(sending);
  }
  for (const auto& write : request.writes) {
    auto sending = send_file(call.id(), write);
    co_await std::move(sending);
  }
  outbox_.post(FrameType::sync_end, call.id());
  const auto payload = co_await call.answer();
  const auto done = decode_sync_done(payload);
  SyncResult result;
  result.files = done.files;
  result.bytes = done.bytes;
  result.seconds = done.seconds;
  co_return result;
}

Task<> Session::send_file(std::uint32_t id, const FileWrite& write) {
  check_length(write.file.path);
  std::string_view left = *write.contents;
  SyncFile file;
  file.path = write.file.path;
  file.mode = write.file.mode;
  file.link = write.file.link;
  file.size = left.size();
  const auto head = encode(file);
  auto first = outbox_.send(FrameType::sync_file, id, head, left.substr(0, piece_size));
  co_await std::move(first);
  while (left.size() > piece_size) {
    left.remove_prefix(piece_size);
    auto next = outbox_.send(FrameType::sync_data, id, left.substr(0, piece_size));
    co_await std::move(next);
  }
}

Task<std::vector<std::size_t>> Session::compare(std::string container_id, std::string target,
                                                std::vector<FileState> files) {
  if (files.size() > max_payload * CHAR_BIT)
    throw Error(ErrorCode::payload_too_large, "cannot compare " + std::to_string(files.size()) + " files at once");
  Request call(*this);
  check_length(target);
  CompareBegin begin;
  begin.container_id = std::move(container_id);
  begin.target = std::move(target);
  const auto head = encode(begin);
  auto beginning = outbox_.send(FrameType::compare_begin, call.id(), head);
  co_await std::move(beginning);
  for (auto& state : files) {
    check_length(state.path);
    CompareFile file;
    file.path = std::move(state.path);
    file.mode = state.mode;
    file.link = state.link;
    file.digest = std::move(state.digest);
    const auto entry = encode(file);
    auto sending = outbox_.send(FrameType::compare_file, call.id(), entry);
    co_await std::move(sending);
  }
  outbox_.post(FrameType::compare_end, call.id());
  const auto bits = co_await call.answer();
  co_return decode_bits(bits);
}

Task<std::unique_ptr<http::Stream>> Session::dial(DialTarget target) {
  if (target.port < 1 || target.port > 65535 || target.host.size() > 255 || target.container_id.size() > 255)
    throw Error(ErrorCode::bad_request, "cannot connect to port " + std::to_string(target.port));
  Request call(*this);
  Dial message;
  message.host = std::move(target.host);
  message.port = static_cast<std::uint16_t>(target.port);
  message.container_id = std::move(target.container_id);
  ExpectedSocket expected(passed_.get());
  message.socket = expected.place();
  message.ticket = expected.ticket();
  // Data may follow the answer at once: the stream is there before it.
  auto state = std::make_shared<DialStream::State>(executor_);
  std::unique_ptr<http::Stream> stream = std::make_unique<DialStream>(shared_from_this(), call.id(), state);
  streams_.emplace(call.id(), state);
  outbox_.post(FrameType::dial, call.id(), encode(message));
  std::string payload;
  std::exception_ptr failed;
  try {
    auto answer = call.answer();
    payload = co_await std::move(answer);
  } catch (...) {
    failed = std::current_exception();
  }
  if (failed) {
    // The request itself tells the agent, where there is anything to tell.
    state->on_end(failed);
    std::rethrow_exception(failed);
  }
  if (!decode_dialled(payload).passed) co_return stream;
  streams_.erase(call.id());
  state->closed = true;  // the agent has no stream of this number that could be reset
  co_return expected.take();
}

}  // namespace gf::node
