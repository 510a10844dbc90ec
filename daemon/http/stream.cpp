#include "http/stream.hpp"

#include <vector>

namespace gf::http {

Task<> pump(Stream& from, Stream& to) {
  std::vector<char> buffer(128 << 10);
  while (true) {
    const auto count = co_await from.read_some(buffer.data(), buffer.size());
    if (count == 0) break;
    const std::string_view piece(buffer.data(), count);
    co_await to.write(piece);
  }
  co_await to.finish_writing();
}

}  // namespace gf::http
