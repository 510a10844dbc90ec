#include <algorithm>
#include <sstream>

#include "core/when_all.hpp"
#include "image/image_service.hpp"
#include "protocol/error.hpp"

// What the nodes' own stores hold, and taking it out again.
namespace gf::image {

namespace {

/// `ctr` unpacks by digest: each reference's stands in the third column of its list.
constexpr const char* unpack_script =
    "for reference; do ctr -n k8s.io snapshots unpack "
    "\"$(ctr -n k8s.io images ls \"name==$reference\" | awk 'NR == 2 {print $3}')\"; done >/dev/null 2>&1";

}  // namespace

Task<std::set<std::string>> ImageService::held_by(std::string node) {
  container::ExecSpec ask;
  ask.container = node;
  ask.command = {"ctr", "--namespace", "k8s.io", "images", "ls", "-q"};
  const auto answer = co_await engine_.exec(std::move(ask), "");
  if (answer.exit_code != 0)
    throw Error(ErrorCode::cluster_failed, "cannot list the images of node '" + node + "'", "", answer.errors);
  std::set<std::string> names;
  std::istringstream lines(answer.output);
  for (std::string line; std::getline(lines, line);) names.insert(line);
  co_return names;
}

Task<std::map<std::vector<std::string>, std::vector<std::string>>> ImageService::lacking(
    std::vector<std::string> references, std::vector<std::string> nodes) {
  std::vector<Task<std::set<std::string>>> asking;
  std::vector<std::string> unknown;
  for (const auto& node : nodes) {
    const auto& has = held_[node];
    if (std::ranges::all_of(references, [&](const auto& one) { return has.contains(canonical(one)); })) continue;
    unknown.push_back(node);
    asking.push_back(held_by(node));
  }
  auto answers = when_all(std::move(asking));
  const auto held = co_await std::move(answers);
  std::map<std::string, std::set<std::string>> stores;
  for (std::size_t i = 0; i < unknown.size(); ++i) stores[unknown[i]] = held_[unknown[i]] = held[i];
  co_return group_by_missing(references, stores);
}

Task<bool> ImageService::all_hold(std::string reference, std::vector<std::string> nodes) {
  if (nodes.empty()) co_return false;
  std::vector<std::string> references(1, std::move(reference));
  auto looking = lacking(std::move(references), std::move(nodes));
  const auto groups = co_await std::move(looking);
  co_return groups.empty();
}

Task<bool> ImageService::at_hand(std::string reference, std::vector<std::string> nodes) {
  auto looking = engine_.image(reference);
  const auto present = co_await std::move(looking);
  if (present) co_return true;
  auto asking = all_hold(std::move(reference), std::move(nodes));
  co_return co_await std::move(asking);
}

Task<std::vector<StoredImage>> ImageService::stored_in(std::string node) {
  container::ExecSpec ask;
  ask.container = node;
  ask.command = {"crictl", "images", "-o", "json"};
  auto asking = engine_.exec(std::move(ask), "");
  const auto answer = co_await std::move(asking);
  if (answer.exit_code != 0)
    throw Error(ErrorCode::cluster_failed, "cannot list the images of node '" + node + "'", "", answer.errors);
  co_return read_stored(answer.output);
}

Task<> ImageService::remove(std::string reference, std::vector<std::string> nodes) {
  const auto name = canonical(reference);
  for (const auto& node : nodes) {
    held_.erase(node);
    container::ExecSpec order;
    order.container = node;
    order.command = {"crictl", "rmi", name};
    auto removing = engine_.exec(std::move(order), "");
    const auto answer = co_await std::move(removing);
    const auto said = answer.output + answer.errors;
    if (answer.exit_code != 0 && said.find("no such image") == std::string::npos)
      throw Error(ErrorCode::cluster_failed, "cannot remove " + name + " from node '" + node + "'", "", said);
  }
}

Task<> ImageService::unpack(std::vector<std::string> references, std::vector<std::string> nodes) {
  std::vector<Task<container::ExecResult>> unpacking;
  for (const auto& node : nodes) {
    container::ExecSpec spec;
    spec.container = node;
    spec.command = {"sh", "-c", unpack_script, "unpack"};
    for (const auto& reference : references) spec.command.push_back(canonical(reference));
    unpacking.push_back(engine_.exec(std::move(spec), ""));
  }
  auto all = when_all(std::move(unpacking));
  co_await std::move(all);  // what could not be unpacked now is when its first container is made
}

}  // namespace gf::image
