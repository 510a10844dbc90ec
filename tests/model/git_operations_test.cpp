#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

#include "model/episode.hpp"
#include "model/git_operations.hpp"

// Git's own operations on a real checkout, under edits that never cease: zero misses. GF_TEST_ALL=1 runs more of them.
using namespace gf::model;

namespace {

constexpr std::size_t usual_count = 60, whole_count = 200;
/// Rebases and merges take up to some seconds with the sanitizers on a busy machine.
constexpr auto limit_each = std::chrono::seconds(3);

}  // namespace

TEST_CASE("the same seed gives the same operations, with each way of Git's among two hundred") {
  CHECK(random_operations(7, 50) == random_operations(7, 50));
  CHECK(random_operations(7, 50) != random_operations(8, 50));
  const auto all = random_operations(1, whole_count);
  for (const char* way : {"git checkout", "git rebase", "git stash", "git reset", "git merge", "git worktree add"}) {
    CAPTURE(way);
    CHECK(std::ranges::any_of(all, [&](const auto& commands) { return commands.find(way) != std::string::npos; }));
  }
}

TEST_CASE("whatever Git does under edits, replicas come to hold just what the checkout does") {
  const char* const chosen = std::getenv("GF_MODEL_SEED");
  const std::uint64_t seed = chosen ? std::strtoull(chosen, nullptr, 10) : 1;
  const auto operations = random_operations(seed, std::getenv("GF_TEST_ALL") ? whole_count : usual_count);
  const auto wrong =
      run_apart([&] { return play_operations(operations, seed); }, limit_each * static_cast<int>(operations.size()));
  if (!wrong.empty()) FAIL(wrong << "\nGF_MODEL_SEED=" << seed << " begins the same operations again");
  MESSAGE(operations.size() << " operations from seed " << seed);
}
