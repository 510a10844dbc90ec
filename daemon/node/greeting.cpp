#include "node/greeting.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include "node/messages.hpp"
#include "protocol/error.hpp"

namespace gf::node {

namespace {

Error no_agent(const std::string& said) {
  return Error(ErrorCode::cluster_unavailable, "cannot start gf-agent", {}, said);
}

}  // namespace

Task<> greet(container::ExecStream& stream, std::string digest) {
  std::string hello, said;
  append_frame(hello, FrameType::hello, 0, encode(Hello()));
  bool writing_failed = false;
  try {
    co_await stream.write(hello);
  } catch (const boost::system::system_error& error) {
    if (error.code() == net::error::operation_aborted) throw;
    writing_failed = true;  // the program has ended: what it said tells why
  }
  FrameReader reader;
  for (;;) {
    auto piece = co_await stream.read();
    if (!piece) throw no_agent(said);
    if (piece->is_error || writing_failed) {
      said += piece->bytes;
      continue;
    }
    try {
      reader.feed(piece->bytes);
      const auto frame = reader.next();
      if (!frame) continue;
      if (frame->type != FrameType::hello) throw BrokenFrame("another frame than a greeting");
      const auto answer = decode_hello(frame->payload);
      if (answer.version != protocol_version) throw BrokenFrame("another version");
      if (!digest.empty() && answer.digest != digest) throw BrokenFrame("another digest");
      co_return;
    } catch (const BrokenFrame& broken) {
      throw no_agent(said + piece->bytes);
    }
  }
}

}  // namespace gf::node
