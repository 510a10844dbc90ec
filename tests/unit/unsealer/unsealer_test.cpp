#include "unsealer/unsealer.hpp"

#include <doctest/doctest.h>

namespace gf::test {

TEST_CASE("a cutoff is written as RFC 1123 with a numeric zone") {
  CHECK(unsealer::cutoff_text(0) == "Thu, 01 Jan 1970 00:00:00 +0000");
  CHECK(unsealer::cutoff_text(1'795'647'909.9) == "Wed, 25 Nov 2026 23:05:09 +0000");
}

}  // namespace gf::test
