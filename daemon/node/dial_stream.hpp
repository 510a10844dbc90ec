#pragma once
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <string>

#include "core/signal.hpp"
#include "http/stream.hpp"
#include "node/frame.hpp"

namespace gf::node {

class Session;

/// One TCP connection dialled by an agent. Destroying it before both sides have finished resets the connection.
class DialStream final : public http::Stream {
 public:
  /// What the session knows of the stream.
  struct State {
    explicit State(Executor executor) : readable(executor), writable(executor) {}
    void on_data(std::string_view bytes);  ///< throws BrokenFrame when it is more than was granted
    void on_finish();
    void on_window(std::uint32_t bytes);
    void on_end(std::exception_ptr reason);

    Signal readable, writable;
    std::deque<std::string> received;
    std::size_t front_read = 0;           ///< of the first piece of `received`
    std::uint32_t granted = dial_window;  ///< what the agent may still send
    std::uint32_t taken = 0;              ///< read by our user and not granted again
    std::uint32_t credit = dial_window;   ///< what we may still send
    bool peer_finished = false, finished = false, closed = false;
    std::exception_ptr ended;
  };

  DialStream(std::shared_ptr<Session> session, std::uint32_t id, std::shared_ptr<State> state);
  ~DialStream() override;

  Task<std::size_t> read_some(char* buffer, std::size_t size) override;
  Task<> write(std::string_view bytes) override;
  Task<> finish_writing() override;
  void close() override;

 private:
  void check() const;
  std::size_t take(char* buffer, std::size_t size);

  std::shared_ptr<Session> session_;
  std::uint32_t id_;
  std::shared_ptr<State> state_;
};

}  // namespace gf::node
