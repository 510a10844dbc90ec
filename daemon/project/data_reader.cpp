#include "project/data_reader.hpp"

#include "project/keys.hpp"

namespace gf::project {

namespace {

constexpr const char* short_form = "per-branch";

}  // namespace

DataSpec read_data(YamlReader& in, const YAML::Node& top) {
  DataSpec data;
  const auto node = top["data"];
  if (!node.IsDefined()) return data;
  if (node.IsScalar()) {
    data.per_branch = in.choice(top, "data", {short_form}, "") == short_form;
    return data;
  }
  if (!in.open(node, "'data' (its forms are `data: per-branch` and `data: {per_branch: true, base: main}`)",
               known_keys().at("data")))
    return data;
  data.per_branch = in.choice(node, "per_branch", {"true", "false"}, "false") == "true";
  data.base = in.text(node, "base");
  if (!data.base.empty() && !data.per_branch)
    in.complain(node["base"], "'base' has no effect without 'per_branch: true'");
  return data;
}

}  // namespace gf::project
