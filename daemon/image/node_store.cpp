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

Task<ImageService::Found> ImageService::find(std::vector<std::string> references) {
  Found found;
  const std::set<std::string> once(references.begin(), references.end());
  for (const auto& reference : once) {
    auto looking = engine_.image(reference);
    const auto image = co_await std::move(looking);
    if (image)
      found.images.push_back(oci_image(*image, reference));
    else
      found.absent.push_back(reference);
  }
  co_return found;
}

Task<std::set<std::string>> ImageService::names_in(std::string node) {
  container::ExecSpec ask;
  ask.container = node;
  ask.command = {"ctr", "--namespace", "k8s.io", "images", "ls", "-q"};
  auto asking = engine_.exec(std::move(ask), "");
  const auto answer = co_await std::move(asking);
  if (answer.exit_code != 0)
    throw Error(ErrorCode::cluster_failed, "cannot list the images of node '" + node + "'", "", answer.errors);
  std::set<std::string> names;
  std::istringstream lines(answer.output);
  for (std::string line; std::getline(lines, line);) names.insert(line);
  co_return names;
}

/// Of images that the engine does not have nothing but the name is known.
Task<bool> ImageService::hold_by_name(std::vector<std::string> references, std::vector<std::string> nodes) {
  std::vector<Task<std::set<std::string>>> asking;
  for (const auto& node : nodes) asking.push_back(names_in(node));
  auto answers = when_all(std::move(asking));
  const auto all = co_await std::move(answers);
  co_return std::ranges::all_of(all, [&](const auto& names) {
    return std::ranges::all_of(references, [&](const auto& one) { return names.contains(canonical(one)); });
  });
}

Task<bool> ImageService::all_hold(std::string reference, std::vector<std::string> nodes) {
  if (nodes.empty()) co_return false;
  const auto wiring = wiring_();
  if (const auto name = pushed_name(wiring.registry, reference)) {
    auto serving = engine_.serves(*name);
    const bool served = co_await std::move(serving);
    if (served) co_return true;
  }
  std::vector<std::string> references(1, std::move(reference));
  auto finding = find(references);
  auto found = co_await std::move(finding);
  auto asking = found.images.empty() ? hold_by_name(std::move(references), std::move(nodes))
                                     : transfer_.complete(std::move(found.images), std::move(nodes));
  co_return co_await std::move(asking);
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
