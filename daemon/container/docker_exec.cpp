#include "container/docker_exec.hpp"

#include "protocol/error.hpp"

namespace gf::container {

namespace {

/// As much as a Unix socket holds: a forward carries gigabytes through here, each read is a turn of the daemon.
constexpr std::size_t read_size = 256 << 10;

}  // namespace

void StreamDemultiplexer::add(std::string_view bytes) {
  buffer_.erase(0, begin_);
  begin_ = 0;
  buffer_ += bytes;
}

std::optional<ExecPiece> StreamDemultiplexer::next() {
  constexpr std::size_t header = 8;
  while (left_ == 0) {
    if (buffer_.size() - begin_ < header) return std::nullopt;
    is_error_ = buffer_[begin_] == 2;
    for (std::size_t i = 4; i < header; ++i) left_ = left_ << 8 | static_cast<unsigned char>(buffer_[begin_ + i]);
    begin_ += header;
  }
  if (begin_ == buffer_.size()) return std::nullopt;
  const auto length = std::min(left_, buffer_.size() - begin_);
  ExecPiece piece{is_error_, buffer_.substr(begin_, length)};
  begin_ += length;
  left_ -= length;
  return piece;
}

DockerExecStream::DockerExecStream(http::Client& client, std::string id, bool tty, std::unique_ptr<http::Stream> stream)
    : client_(client), id_(std::move(id)), tty_(tty), stream_(std::move(stream)), chunk_(read_size, '\0') {}

Task<std::optional<ExecPiece>> DockerExecStream::read() {
  for (;;) {
    if (auto piece = pieces_.next()) co_return piece;
    auto reading = stream_->read_some(chunk_.data(), chunk_.size());
    const auto count = co_await std::move(reading);
    if (count == 0) co_return std::nullopt;
    const std::string_view bytes(chunk_.data(), count);
    if (tty_) co_return ExecPiece{false, std::string(bytes)};
    pieces_.add(bytes);
  }
}

Task<> DockerExecStream::write(std::string_view bytes) { return stream_->write(bytes); }

Task<> DockerExecStream::finish_writing() { return stream_->finish_writing(); }

Task<> DockerExecStream::resize(int columns, int rows) {
  http::Request request;
  request.method = "POST";
  request.target = "/v1.41/exec/" + id_ + "/resize?h=" + std::to_string(rows) + "&w=" + std::to_string(columns);
  auto sending = client_.send(std::move(request));
  co_await std::move(sending);
}

Task<int> DockerExecStream::exit_code() {
  http::Request request;
  request.target = "/v1.41/exec/" + id_ + "/json";
  auto sending = client_.send(std::move(request));
  const auto response = co_await std::move(sending);
  const auto answer = parse_json(response.body, "the container engine's answer");
  const auto code = answer.find("ExitCode");
  co_return code == answer.end() || code->is_null() ? 0 : code->get<int>();
}

}  // namespace gf::container
