#pragma once
#include "delivery/delivery_service.hpp"
#include "environment/environment.hpp"

namespace gf::environment {

/// The versions of apps that strategies bring in: what runs, with its claims.
class AppVersions final : public delivery::Versions {
 public:
  AppVersions(Environment& environment, deploy::DeployService& deploy) : environment_(environment), deploy_(deploy) {}

  Task<> reach(std::string project) override;
  Task<delivery::Image> provide(std::string project, std::string app, operation::Context& context) override;
  delivery::Image running(const std::string& project, const std::string& app, delivery::Slot slot) const override;
  Task<> start(std::string project, std::string app, delivery::Slot slot, delivery::Image image,
               operation::Context& context) override;
  Task<> route(std::string project, std::string app) override;
  Task<> remove_next(std::string project, std::string app) override;

 private:
  AppSpec version(const std::string& project, const std::string& app, delivery::Slot slot) const;

  Environment& environment_;
  deploy::DeployService& deploy_;
};

/// Pure: the app with its requests divided as `routing` says.
AppSpec divided(AppSpec app, const delivery::Routing& routing);

}  // namespace gf::environment
