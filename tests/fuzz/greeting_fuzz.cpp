#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <exception>
#include <optional>

#include "fuzz/fuzz.hpp"
#include "node/greeting.hpp"
#include "node/messages.hpp"
#include "protocol/error.hpp"

// Whatever a program says in place of an agent's greeting: an agent, or one clear error; never anything else, and the
// same whatever the pieces it comes in.
using namespace gf;

namespace {

/// A program that says what it was told to and ends.
class Saying final : public container::ExecStream {
 public:
  Saying(std::string_view bytes, unsigned choice) {
    for (const auto piece : fuzz::split(bytes, choice)) pieces_.push_back({false, std::string(piece)});
    // Some of it to the other stream, which is for people.
    if (choice % 3 == 2) pieces_.push_front({true, "exec: "});
  }
  Task<std::optional<container::ExecPiece>> read() override {
    if (pieces_.empty()) co_return std::nullopt;
    auto piece = std::move(pieces_.front());
    pieces_.pop_front();
    co_return piece;
  }
  Task<> write(std::string_view) override { co_return; }
  Task<> finish_writing() override { co_return; }
  Task<> resize(int, int) override { co_return; }
  Task<int> exit_code() override { co_return 0; }
  void close() override {}

 private:
  std::deque<container::ExecPiece> pieces_;
};

bool greeted(std::string_view bytes, unsigned choice) {
  net::io_context io;
  Saying program(bytes, choice);
  std::exception_ptr thrown;
  bool ended = false;
  std::string any_digest;
  net::co_spawn(io, node::greet(program, std::move(any_digest)), [&](std::exception_ptr error) {
    thrown = error;
    ended = true;
  });
  io.run();
  fuzz::require(ended, "a greeting ends");
  if (!thrown) return true;
  try {
    std::rethrow_exception(thrown);
  } catch (const Error& error) {
    fuzz::require(error.code() == ErrorCode::cluster_unavailable, "a refusal is cluster-unavailable");
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const fuzz::Input input(bytes, size);
  const bool whole = greeted(input.bytes(), 0);
  fuzz::require(greeted(input.bytes(), input.choice()) == whole, "a greeting does not depend on the pieces");
  // The same bytes as the payload of a greeting, whose checksum nobody guesses.
  std::string framed;
  node::append_frame(framed, node::FrameType::hello, 0, input.bytes().substr(0, node::max_payload));
  fuzz::require(greeted(framed, 0) == greeted(framed, input.choice()), "a greeting does not depend on the pieces");
  return 0;
}
