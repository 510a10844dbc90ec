#include "addon/volume_usage.hpp"

#include <algorithm>
#include <map>
#include <sstream>

#include "addon/volumes.hpp"
#include "core/with_timeout.hpp"
#include "protocol/error.hpp"

namespace gf::addon {

namespace {

constexpr auto node_limit = std::chrono::seconds(3);

std::string path_of(const Json& volume) {
  for (const char* place : {"/spec/local/path", "/spec/hostPath/path"})
    if (const Json::json_pointer path(place); volume.contains(path)) return volume.at(path).get<std::string>();
  return {};
}

Task<> ask_node(container::Engine& engine, std::string node, const std::vector<VolumePlace>& places,
                std::vector<VolumeUsage>& found) {
  container::ExecSpec df;
  df.container = node;
  df.command = {"df", "-Pk"};
  for (const auto& place : places) df.command.push_back(place.path);
  auto asking = engine.exec(std::move(df), "");
  const auto said = co_await std::move(asking);
  for (auto& usage : read_df(said.output, places)) found.push_back(std::move(usage));
}

}  // namespace

std::vector<VolumePlace> places_of(const std::vector<Json>& volumes, const std::string& space,
                                   const std::vector<std::string>& claims) {
  std::vector<VolumePlace> places;
  for (const auto& volume : volumes) {
    const auto reference = volume.at("spec").value("claimRef", Json::object());
    VolumePlace place{reference.value("name", ""), node_of(volume), path_of(volume)};
    if (reference.value("namespace", "") != space || std::ranges::find(claims, place.claim) == claims.end()) continue;
    if (!place.node.empty() && !place.path.empty()) places.push_back(std::move(place));
  }
  std::ranges::sort(places, {}, &VolumePlace::claim);
  return places;
}

std::vector<VolumeUsage> read_df(const std::string& output, const std::vector<VolumePlace>& places) {
  std::vector<VolumeUsage> found;
  std::istringstream lines(output);
  std::string line, device;
  std::getline(lines, line);  // the heading
  for (const auto& place : places) {
    std::uint64_t size = 0, used = 0, left = 0;  // in KiB
    if (!std::getline(lines, line) || !(std::istringstream(line) >> device >> size >> used >> left)) break;
    found.push_back({place.claim, place.node, left << 10, size << 10});
  }
  return found;
}

Task<std::vector<VolumeUsage>> measure_volumes(kube::KubeApi& kube, container::Engine& engine, Clock& clock,
                                               const AddonSpec& spec) {
  std::vector<VolumeUsage> found;
  if (spec.volumes.empty()) co_return found;
  auto listing = kube.list("v1", "PersistentVolume", "", "");
  std::map<std::string, std::vector<VolumePlace>> on;
  const auto volumes = co_await std::move(listing);
  for (auto& place : places_of(volumes, spec.space, spec.volumes)) on[place.node].push_back(std::move(place));
  for (const auto& [node, places] : on) {
    try {
      auto asking = ask_node(engine, node, places, found);
      auto limited = with_timeout(clock, node_limit, "cannot look at the volumes in time", std::move(asking));
      co_await std::move(limited);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::cancelled) throw;  // else the node is gone, and nothing on it is in the way
    }
  }
  co_return found;
}

}  // namespace gf::addon
