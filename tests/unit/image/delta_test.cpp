#include <doctest/doctest.h>

#include "image/delta.hpp"

using namespace gf::image;

namespace {

using Names = std::vector<std::string>;

OciImage image(const std::string& name, Names layers) {
  OciImage made;
  made.reference = made.name = name;
  made.id = "id of " + name;
  made.digest = "configuration of " + name;
  made.layers = layers;
  made.folders = std::move(layers);
  return made;
}

Sizes holding(const Names& blobs) {
  Sizes store;
  for (const auto& blob : blobs) store[blob] = blob.size();
  return store;
}

Names names(const std::vector<OciImage>& images) {
  Names all;
  for (const auto& one : images) all.push_back(one.name);
  return all;
}

}  // namespace

TEST_CASE("what must travel: only what is lacking, in parts where that is little") {
  const auto app = image("app", {"base", "libraries", "code"});
  const auto tool = image("tool", {"base", "tool"});
  const auto odd = [] {
    auto one = image("odd", {"base", "odd"});
    one.folders.clear();
    return one;
  }();
  const auto many = image("many", {"base", "1", "2", "3", "4", "5"});
  struct Row {
    const char* what;
    std::vector<OciImage> images;
    std::map<std::string, Sizes> stores;
    std::set<std::string> whole;
    Names nodes, to_import, layers, exports;
  };
  const Row rows[] = {
      {"all there", {app}, {{"a", holding({"configuration of app", "base", "libraries", "code"})}}, {}, {}, {}, {}, {}},
      {"the code changed",
       {app},
       {{"a", holding({"base", "libraries"})}, {"b", holding({"base", "libraries"})}},
       {},
       {"a", "b"},
       {"app"},
       {"code"},
       {}},
      {"nodes that lack different layers get both",
       {app},
       {{"a", holding({"base", "libraries"})}, {"b", holding({"base", "code"})}},
       {},
       {"a", "b"},
       {"app"},
       {"code", "libraries"},
       {}},
      {"only the name is new", {app}, {{"a", holding({"base", "libraries", "code"})}}, {}, {"a"}, {"app"}, {}, {}},
      {"a node that has all gets nothing",
       {app},
       {{"a", holding({"configuration of app", "base", "libraries", "code"})}, {"b", holding({"base", "libraries"})}},
       {},
       {"b"},
       {"app"},
       {"code"},
       {}},
      {"an image that is new as a whole", {app}, {{"a", {}}}, {}, {"a"}, {"app"}, {}, {"app"}},
      {"many layers", {many}, {{"a", holding({"base"})}}, {}, {"a"}, {"many"}, {}, {"many"}},
      {"an engine that does not tell where its layers are",
       {odd},
       {{"a", holding({"base"})}},
       {},
       {"a"},
       {"odd"},
       {},
       {"odd"}},
      {"a layer that cannot be made", {app}, {{"a", holding({"base"})}}, {"id of app"}, {"a"}, {"app"}, {}, {"app"}},
      {"a layer that comes with another image",
       {app, image("new", {"code", "more"})},
       {{"a", holding({"base", "libraries"})}, {"b", holding({"base", "libraries"})}},
       {"id of new"},
       {"a", "b"},
       {"app", "new"},
       {},
       {"new"}},
      {"of two images each what it lacks",
       {app, tool},
       {{"a", holding({"base", "libraries"})}},
       {},
       {"a"},
       {"app", "tool"},
       {"code", "tool"},
       {}},
      {"no nodes", {app}, {}, {}, {}, {}, {}, {}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    const auto found = delta(row.images, row.stores, {}, row.whole);
    CHECK(found.empty() == row.nodes.empty());
    CHECK(found.nodes == row.nodes);
    CHECK(names(found.images) == row.to_import);
    CHECK(found.layers == row.layers);
    CHECK(found.exports == row.exports);
  }
}

TEST_CASE("what must travel: an image whose import broke off is imported again there, without its layers") {
  const auto app = image("app", {"base", "code"});
  const auto whole = holding({"configuration of app", "base", "code"});
  const auto found = delta({app}, {{"a", whole}, {"b", whole}}, {{"b", {"configuration of app"}}}, {});
  CHECK(found.nodes == Names{"b"});
  CHECK(names(found.images) == Names{"app"});
  CHECK(found.layers.empty());
  CHECK(found.exports.empty());
  CHECK(found.sizes.at("code") == 4);
}
