#pragma once
#include "container/engine.hpp"
#include "http/client.hpp"

namespace gf::container {

/// Takes the engine's multiplexed stream apart: frames of {1 byte stream (1 out, 2 err), 3 bytes 0, 4 bytes length}.
/// Pure but for its buffer.
class StreamDemultiplexer {
 public:
  void add(std::string_view bytes);
  /// The next whole or partial piece that is there; nullopt when more bytes are needed.
  std::optional<ExecPiece> next();

 private:
  std::string buffer_;
  std::size_t begin_ = 0;  ///< of what of it was not given out yet
  std::size_t left_ = 0;   ///< of the current frame
  bool is_error_ = false;
};

/// A started exec over the engine's hijacked connection.
class DockerExecStream final : public ExecStream {
 public:
  DockerExecStream(http::Client& client, std::string id, bool tty, std::unique_ptr<http::Stream> stream);
  Task<std::optional<ExecPiece>> read() override;
  Task<> write(std::string_view bytes) override;
  Task<> finish_writing() override;
  Task<> resize(int columns, int rows) override;
  Task<int> exit_code() override;
  void close() override { stream_->close(); }

 private:
  http::Client& client_;
  std::string id_;
  bool tty_;
  std::unique_ptr<http::Stream> stream_;
  StreamDemultiplexer pieces_;
  std::string chunk_;
};

}  // namespace gf::container
