#include "core/signal.hpp"

#include <boost/asio/as_tuple.hpp>

namespace gf {

Task<> Signal::wait() {
  const auto before = generation_;
  const auto [error] = co_await timer_.async_wait(net::as_tuple(net::use_awaitable));
  // Both a notification and a cancellation of this coroutine end the wait with operation_aborted: the generation tells.
  if (error && generation_ == before) throw boost::system::system_error(error);
}

}  // namespace gf
