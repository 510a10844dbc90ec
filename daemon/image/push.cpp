#include "image/image_service.hpp"
#include "protocol/error.hpp"

// Images of apps by way of a registry that the cluster names.
namespace gf::image {

namespace {

Error unreachable(const Registry& registry, const std::string& name, const Error& error) {
  return Error(
      ErrorCode::image_unavailable, "cannot push " + name + " to the registry that the cluster names, " + registry.host,
      "start the registry, then gf deploy; or `kubectl -n kube-public delete configmap local-registry-hosting`, "
      "which names it: images then go into the nodes without one" +
          (registry.help.empty() ? std::string() : "; " + registry.help),
      error.cause());
}

}  // namespace

/// Whether the nodes can pull it now; false when neither the registry nor the engine has it.
Task<bool> ImageService::push(Registry registry, std::string name, std::string reference, operation::Context& context) {
  auto asking = engine_.serves(name);
  const bool served = co_await std::move(asking);
  if (served) co_return true;
  auto looking = engine_.image(reference);
  const auto present = co_await std::move(looking);
  if (!present) co_return false;
  const std::function<Task<>(operation::Context&)> body = [&](operation::Context& step) {
    return push_as(name, reference, step);
  };
  try {
    auto pushing = run_step(context, "push " + name, body);
    co_await std::move(pushing);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::image_unavailable) throw;
    throw unreachable(registry, name, error);
  }
  co_return true;
}

/// The engine pushes what has the registry's name: where that is another one than in the pods, for this long.
Task<> ImageService::push_as(std::string name, std::string reference, operation::Context& context) {
  const auto colon = name.rfind(':');
  if (name != reference) {
    auto naming = engine_.tag(reference, name.substr(0, colon), name.substr(colon + 1));
    co_await std::move(naming);
  }
  std::exception_ptr thrown;
  try {
    auto progress = container::LayerProgress(
        [&context](std::uint64_t done, std::uint64_t total) { context.progress(done, total, "bytes"); });
    auto pushing = engine_.push(name, std::move(progress));
    co_await std::move(pushing);
  } catch (...) {
    thrown = std::current_exception();
  }
  if (thrown) co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
  if (name != reference) {
    auto unnaming = engine_.remove_image(name);
    co_await std::move(unnaming);
  }
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace gf::image
