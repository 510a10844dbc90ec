#include "problems.hpp"
#include "project/branch_data.hpp"

using namespace gf;
using namespace gf::project;

namespace {

const Vocabulary vocabulary{{"redis", "postgres"}, {"kind"}};
const std::string head = "apiVersion: greenfield.dev/v1\nname: shop\n";

DataSpec data_of(const std::string& text) { return parse(head + text, "/r", vocabulary).data; }

}  // namespace

TEST_CASE("data: off without a word, in its short form, and in its long one") {
  CHECK(data_of("") == DataSpec());
  CHECK(data_of("data: per-branch\n") == DataSpec{true, ""});
  CHECK(data_of("data: {per_branch: true}\n") == DataSpec{true, ""});
  CHECK(data_of("data: {per_branch: true, base: release/1}\n") == DataSpec{true, "release/1"});
  CHECK(data_of("data: {per_branch: false}\n") == DataSpec());
  for (const auto& [text, words] :
       {std::pair("data: branches\n", "greenfield.yaml:3"), std::pair("data: [per-branch]\n", "'data'"),
        std::pair("data: {perbranch: true}\n", "per_branch"),
        std::pair("data: {per_branch: yes please}\n", "per_branch"),
        std::pair("data: {base: main}\n", "'base' has no effect without 'per_branch: true'")}) {
    CAPTURE(text);
    CHECK(problems_of(head + text, vocabulary).find(words) != std::string::npos);
  }
}

TEST_CASE("which branch's data a project uses") {
  struct Row {
    const char* what;
    DataSpec spec;
    std::string head;
    BranchData before, after;
  };
  const DataSpec off, on{true, ""}, named{true, "develop"};
  const std::vector<Row> rows = {
      {"off: always the claim's own", off, "feature", {}, {}},
      {"turned off on a branch: back to them, and the base stays known",
       off,
       "feature",
       {"main", "feature"},
       {"main", ""}},
      {"turned on: the branch that is checked out is the base", on, "main", {}, {"main", ""}},
      {"also when it is none called main", on, "feature", {}, {"feature", ""}},
      {"turned on while detached: it shows later", on, "", {}, {"", ""}},
      {"another branch", on, "feature", {"main", ""}, {"main", "feature"}},
      {"from one to another", on, "other", {"main", "feature"}, {"main", "other"}},
      {"back on the base", on, "main", {"main", "feature"}, {"main", ""}},
      {"detached changes nothing", on, "", {"main", "feature"}, {"main", "feature"}},
      {"a named base from the beginning", named, "feature", {}, {"develop", "feature"}},
      {"on the named base", named, "develop", {}, {"develop", ""}},
      {"a base that is named later", named, "main", {"main", ""}, {"develop", "main"}},
      {"the current branch becomes the base", named, "", {"main", "develop"}, {"develop", ""}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    const auto next = next_data(row.spec, row.head, row.before);
    CHECK(next.base == row.after.base);
    CHECK(next.branch == row.after.branch);
    CHECK(next_data(row.spec, row.head, next) == next);
  }
}
