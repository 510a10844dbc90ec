#include <doctest/doctest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "core/when_all.hpp"
#include "environment/cargo.hpp"
#include "support/run_task.hpp"

using namespace gf;
using environment::Cargo;
using gf::test::run_task;

namespace {

using Names = std::vector<std::string>;

Task<> carry(Cargo& cargo, std::vector<Names>& trips) {
  for (;;) {
    auto taking = cargo.take();
    auto some = co_await std::move(taking);
    if (some.empty()) co_return;
    trips.push_back(std::move(some));
  }
}

}  // namespace

TEST_CASE("cargo: what came together travels together, what comes later travels later, and it ends with the last") {
  net::io_context io;
  Cargo cargo(io.get_executor(), 3);
  cargo.deliver({"redis", "postgres"});
  cargo.deliver({"api"});
  std::vector<Names> trips;
  auto later = [&]() -> Task<> {
    co_await net::post(io, net::use_awaitable);
    cargo.deliver({"web"});
  };
  std::vector<Task<>> both;
  both.push_back(carry(cargo, trips));
  both.push_back(later());
  run_task(io, when_all(std::move(both)));
  CHECK(trips == std::vector<Names>{{"redis", "postgres", "api"}, {"web"}});
  CHECK(cargo.delivered() == Names{"redis", "postgres", "api", "web"});
}

TEST_CASE("cargo: producers with nothing to bring end it too") {
  net::io_context io;
  Cargo cargo(io.get_executor(), 1);
  cargo.deliver({});
  CHECK(run_task(io, cargo.take()).empty());
}
