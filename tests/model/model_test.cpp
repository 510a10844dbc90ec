#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <optional>

#include "model/episode.hpp"
#include "model/shrink.hpp"

// Random steps on a real checkout: whatever happens, in the end every replica holds just what Git says that there is.
using namespace gf::model;

namespace {

constexpr std::size_t steps_of_an_episode = 60;
constexpr auto usual_time = std::chrono::seconds(30);
/// Shrinking runs the failing steps again and again; each try that still fails may cost a whole settle_limit.
constexpr auto shrinking_time = std::chrono::seconds(180);

std::optional<std::uint64_t> number_of(const char* variable) {
  const char* const text = std::getenv(variable);
  if (!text || !*text) return std::nullopt;
  return std::strtoull(text, nullptr, 10);
}

std::string shrunk(const std::vector<Step>& steps) {
  const auto until = std::chrono::steady_clock::now() + shrinking_time;
  std::string wrong;
  const auto fails = [&](const std::vector<Step>& fewer) {
    if (fewer.empty() || std::chrono::steady_clock::now() > until) return false;
    const auto found = run_episode(fewer);
    if (!found.empty()) wrong = found;
    return !found.empty();
  };
  const auto least = shrink<Step>(steps, fails);
  return "of these steps " + std::to_string(least.size()) + " are enough" + (wrong.empty() ? "" : " (" + wrong + ")") +
         ":\n" + list(least);
}

}  // namespace

TEST_CASE("shrinking leaves what cannot be left out") {
  struct Row {
    std::vector<int> items, needed;
  };
  const Row rows[] = {{{1}, {1}},
                      {{1, 2, 3, 4, 5, 6, 7}, {4}},
                      {{1, 2, 3, 4, 5, 6, 7, 8}, {1, 8}},
                      {{1, 2, 3}, {1, 2, 3}},
                      {{5, 4, 3, 2, 1}, {4, 3, 1}}};
  for (const auto& row : rows) {
    const auto fails = [&](const std::vector<int>& items) {
      return std::ranges::all_of(row.needed, [&](int one) { return std::ranges::find(items, one) != items.end(); });
    };
    CHECK(shrink<int>(row.items, fails) == row.needed);
  }
}

TEST_CASE("the same seed gives the same steps") {
  CHECK(list(random_steps(7, 50)) == list(random_steps(7, 50)));
  CHECK(list(random_steps(7, 50)) != list(random_steps(8, 50)));
}

TEST_CASE("whatever is done to a checkout and befalls the nodes, replicas come to hold just what it holds") {
  const auto first = number_of("GF_MODEL_SEED").value_or(1);
  const auto wanted = number_of("GF_MODEL_STEPS");
  const auto until = std::chrono::steady_clock::now() + usual_time;
  std::size_t done = 0;
  for (auto seed = first; wanted ? done < *wanted : std::chrono::steady_clock::now() < until; ++seed) {
    const auto count = wanted ? std::min<std::size_t>(*wanted - done, steps_of_an_episode) : steps_of_an_episode;
    const auto steps = random_steps(seed, count);
    const auto wrong = run_episode(steps);
    done += count;
    if (!wrong.empty())
      FAIL(wrong << "\nGF_MODEL_SEED=" << seed << " GF_MODEL_STEPS=" << count << " does it again; " << shrunk(steps));
  }
  CHECK(done > 0);
  MESSAGE(done << " steps from seed " << first);
}
