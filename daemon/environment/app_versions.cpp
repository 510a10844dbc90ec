#include "environment/app_versions.hpp"

namespace gf::environment {

AppSpec AppVersions::version(const std::string& project, const std::string& app, delivery::Slot slot) const {
  const auto& spec = deploy_.app(project, app);
  return slot == delivery::Slot::stable ? spec : deploy::next_of(spec);
}

Task<> AppVersions::reach(std::string project) {
  auto reaching = environment_.reach_project(std::move(project));
  co_await std::move(reaching);
}

Task<delivery::Image> AppVersions::provide(std::string project, std::string app, operation::Context& context) {
  auto providing = deploy_.provide(std::move(project), std::move(app), context);
  const auto built = co_await std::move(providing);
  co_return delivery::Image{built.key, built.reference};
}

delivery::Image AppVersions::running(const std::string& project, const std::string& app, delivery::Slot slot) const {
  const auto image = deploy_.running(project, version(project, app, slot).name).image;
  return {image.key, image.reference};
}

Task<> AppVersions::start(std::string project, std::string app, delivery::Slot slot, delivery::Image image,
                          operation::Context& context) {
  auto wanted_app = version(project, app, slot);
  auto claiming = environment_.claims(project, wanted_app, context);
  auto claims = co_await std::move(claiming);
  deploy::Running wanted{{image.reference, image.key}, {}};
  auto starting = deploy_.start(project, std::move(wanted_app), std::move(wanted), std::move(claims), context);
  co_await std::move(starting);
}

Task<> AppVersions::route(std::string project, std::string app) {
  auto routing = deploy_.route(std::move(project), std::move(app));
  co_await std::move(routing);
}

Task<> AppVersions::remove_next(std::string project, std::string app) {
  auto removing = deploy_.remove_next(std::move(project), std::move(app));
  co_await std::move(removing);
}

AppSpec divided(AppSpec app, const delivery::Routing& routing) {
  app = deploy::divided(std::move(app), routing.next_percent);
  if (!routing.preview) return app;
  return deploy::with_preview(std::move(app), delivery::preview_header, delivery::preview_value);
}

}  // namespace gf::environment
