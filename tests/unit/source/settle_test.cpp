#include "source/settle.hpp"

#include <doctest/doctest.h>

using namespace gf;
using namespace gf::source;
using std::chrono::milliseconds;

TEST_CASE("a lone save acts at once, bursts settle, Git is waited for") {
  struct Row {
    int first, last;  ///< ms before now
    bool scan;
    std::size_t saved;
    int lock;  ///< age in ms, -1 = none
    bool act;
    int wait;  ///< ms from now, -1 = not at all
  };
  const Row rows[] = {
      {0, 0, false, 1, -1, true, -1},    // one save
      {0, 0, false, 2, -1, false, 20},   // two files: perhaps more come
      {20, 20, false, 2, -1, true, -1},  // quiet since 20 ms
      {0, 0, true, 1, -1, false, 20},    // a new file beside it
      {100, 5, true, 0, -1, false, 15},  // still going on
      {495, 0, true, 0, -1, false, 5},   // but not for ever
      {500, 0, true, 0, -1, true, -1},
      {0, 0, false, 1, 0, false, 60000},  // Git works
      {9000, 9000, true, 0, 59000, false, 1000},
      {9000, 9000, true, 0, 60000, true, -1},  // a leftover
  };
  const Clock::time_point now(std::chrono::hours(1));
  for (const auto& row : rows) {
    CAPTURE(row.first);
    CAPTURE(row.saved);
    CAPTURE(row.lock);
    Burst burst{now - milliseconds(row.first), now - milliseconds(row.last), 3, row.scan, row.saved};
    std::optional<Clock::duration> lock;
    if (row.lock >= 0) lock = milliseconds(row.lock);
    const auto settled = settle(burst, now, lock);
    CHECK(settled.act == row.act);
    CHECK(settled.wait_until.has_value() == (row.wait >= 0));
    if (settled.wait_until) CHECK(*settled.wait_until == now + milliseconds(row.wait));
  }
}

TEST_CASE("names that editors use for a moment") {
  for (const char* name : {"4913", "a.py~", ".a.py.swp", ".a.py.swo", ".#a.py", "#a.py#", "a.py___jb_tmp___"})
    CHECK(is_editor_file(name));
  for (const char* name : {"a.py", ".gitignore", "a.swp", ".env", "#", "49130"}) CHECK(!is_editor_file(name));
}
