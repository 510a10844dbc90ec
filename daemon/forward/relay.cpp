#include "forward/relay.hpp"

#include <memory>
#include <vector>

#include "core/when_all.hpp"

namespace gf::forward {

namespace {

// Not zeroed, and so not resident until used: a thousand idle connections cost little.
constexpr std::size_t buffer_size = 256 * 1024;

Task<> carry(http::Stream& from, http::Stream& to) {
  const auto buffer = std::make_unique_for_overwrite<char[]>(buffer_size);
  for (;;) {
    const auto got = co_await from.read_some(buffer.get(), buffer_size);
    if (got == 0) break;
    const std::string_view bytes(buffer.get(), got);
    co_await to.write(bytes);
  }
  co_await to.finish_writing();
}

}  // namespace

Task<> relay(http::Stream& client, http::Stream& service) {
  std::vector<Task<>> both;
  both.push_back(carry(client, service));
  both.push_back(carry(service, client));
  auto carrying = when_all(std::move(both));
  co_await std::move(carrying);
}

}  // namespace gf::forward
