#include "deploy/image_collector.hpp"

#include <doctest/doctest.h>

using namespace gf;
using namespace gf::deploy;
using image::StoredImage;

namespace {

StoredImage stored(std::set<std::string> references, std::uint64_t bytes, double used) {
  return {std::move(references), bytes, used};
}

std::string listed(const std::vector<std::string>& references) {
  std::string text;
  for (const auto& one : references) text += (text.empty() ? "" : " ") + one;
  return text;
}

const IsOurs is_ours = [](const std::string& reference) { return reference.starts_with("app/"); };

}  // namespace

TEST_CASE("which images go: what is over the budget, the oldest first, never what is kept or not ours") {
  struct Row {
    std::vector<StoredImage> images;
    std::set<std::string> kept;
    std::uint64_t budget;
    const char* expected;
  };
  const std::vector<StoredImage> three{stored({"app/b"}, 10, 2), stored({"app/a"}, 10, 1), stored({"app/c"}, 10, 3)};
  auto with_foreign = three;
  with_foreign.push_back(stored({"redis:8"}, 1000, 0));
  const Row rows[] = {
      {{}, {}, 0, ""},
      {three, {}, 30, ""},
      {three, {}, 29, "app/a"},
      {three, {}, 10, "app/a app/b"},
      {three, {}, 0, "app/a app/b app/c"},
      {three, {"app/a"}, 10, "app/b app/c"},
      {three, {"app/a", "app/b", "app/c"}, 0, ""},  // what is kept may exceed it
      {with_foreign, {}, 30, ""},                   // neither goes nor counts
      {with_foreign, {}, 0, "app/a app/b app/c"},
      // An image with several names goes with all of them, or stays with all.
      {{stored({"app/a", "app/a2"}, 10, 1)}, {}, 0, "app/a app/a2"},
      {{stored({"app/a", "app/a2"}, 10, 1)}, {"app/a2"}, 0, ""},
      {{stored({"app/a", "mine:1"}, 10, 1)}, {}, 0, ""},
      {{stored({}, 10, 1)}, {}, 0, ""},
      // Of unknown age: before all others.
      {{stored({"app/b"}, 10, 2), stored({"app/x"}, 10, 0)}, {}, 10, "app/x"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.expected);
    CHECK(listed(images_to_remove(row.images, is_ours, row.kept, row.budget)) == row.expected);
  }
}

TEST_CASE("an image that several stores have counts once, with all its names") {
  CHECK(merged({}).empty());
  const auto whole = merged({stored({"a"}, 10, 5), stored({"c"}, 7, 0), stored({"a", "b"}, 12, 0),
                             stored({"b", "c"}, 9, 3), stored({"d"}, 1, 1)});
  REQUIRE(whole.size() == 2);
  CHECK(whole.at(0).references == std::set<std::string>{"a", "b", "c"});
  CHECK(whole.at(0).bytes == 12);
  CHECK(whole.at(0).used == 5);
  CHECK(whole.at(1).references == std::set<std::string>{"d"});
}
