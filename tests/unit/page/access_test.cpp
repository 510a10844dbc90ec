#include "page/access.hpp"

#include <doctest/doctest.h>

#include "support/manual_clock.hpp"

using namespace gf;

TEST_CASE("page: a code counts once and for a minute, its token from then on") {
  test::ManualClock clock;
  page::Access access(clock);
  const auto code = access.new_code();
  CHECK_FALSE(access.redeem("x" + code));
  const auto token = access.redeem(code);
  REQUIRE(token);
  CHECK_FALSE(access.redeem(code));
  clock.advance(std::chrono::hours(100));
  CHECK(access.admits("Bearer " + *token));
  for (const auto& wrong :
       {std::string(), *token, "Basic " + *token, std::string("Bearer "), "Bearer " + *token + 'x', "Bearer " + code})
    CHECK_FALSE(access.admits(wrong));

  const auto late = access.new_code(), in_time = access.new_code();
  clock.advance(std::chrono::seconds(59));
  CHECK(access.redeem(in_time));
  clock.advance(std::chrono::seconds(2));
  CHECK_FALSE(access.redeem(late));
}

TEST_CASE("page: the oldest tabs are forgotten") {
  test::ManualClock clock;
  page::Access access(clock);
  const auto first = *access.redeem(access.new_code());
  for (int i = 0; i < 31; ++i) access.redeem(access.new_code());
  CHECK(access.admits("Bearer " + first));
  access.redeem(access.new_code());
  CHECK_FALSE(access.admits("Bearer " + first));
}
