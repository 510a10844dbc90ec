#include <chrono>
#include <cstdlib>

#include "container/docker_engine.hpp"
#include "core/digest.hpp"
#include "protocol/error.hpp"

// Files of layers, which the engine's API has no words for: a container that never runs mounts their folders.
namespace gf::container {

namespace {

constexpr const char* mounted_label = "greenfield.dev/mounted";  ///< when, in seconds since the epoch
constexpr long long left_behind = 600;                           ///< seconds after which nobody can still read it

long long seconds_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

/// Once in a daemon's life.
Task<> DockerEngine::remove_left_mounts() {
  if (std::exchange(looked_for_left_mounts_, true)) co_return;
  auto listing = containers(mounted_label);
  const auto all = co_await std::move(listing);
  for (const auto& one : all) {
    if (seconds_now() - std::atoll(one.labels.at(mounted_label).c_str()) < left_behind) continue;
    auto removing = remove(one.id);
    co_await std::move(removing);
  }
}

Task<std::string> DockerEngine::mount(std::string image, std::vector<std::string> folders) {
  auto clearing = remove_left_mounts();
  co_await std::move(clearing);
  // The name is ours before the container is there: whoever is cancelled meanwhile can still remove it.
  const auto name = "gf-layer-" + random_alnum(12);
  Json body;
  body["Image"] = image;
  body["Cmd"] = Json::array({"never"});
  body["Labels"][mounted_label] = std::to_string(seconds_now());
  body["HostConfig"]["NetworkMode"] = "none";
  for (std::size_t i = 0; i < folders.size(); ++i)
    body["HostConfig"]["Binds"].push_back(folders[i] + ':' + mounted(i) + ":ro");
  std::exception_ptr thrown;
  try {
    auto creating = send("POST", "/containers/create?name=" + name, dump(body));
    const auto response = co_await std::move(creating);
    if (response.status != 201)
      throw Error(ErrorCode::image_unavailable, "cannot mount layers of the image " + image, {}, response.body);
  } catch (...) {
    thrown = std::current_exception();
  }
  if (!thrown) co_return name;
  co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
  try {
    auto removing = remove(name);
    co_await std::move(removing);
  } catch (const Error&) {  // the next daemon finds it by its label
  }
  // Whoever goes on another way can be cancelled then.
  co_await net::this_coro::reset_cancellation_state(net::enable_terminal_cancellation());
  std::rethrow_exception(thrown);
}

Task<std::unique_ptr<http::ResponseStream>> DockerEngine::get_archive(std::string container, std::string folder) {
  http::Request request;
  // With a slash at its end: the folder that is mounted there, not the entry of its parent.
  request.target =
      "/containers/" + http::percent_encode(container) + "/archive?path=" + http::percent_encode(folder + '/');
  return open_good(std::move(request), {}, ErrorCode::image_unavailable,
                   "read " + folder + " of the container " + container);
}

}  // namespace gf::container
