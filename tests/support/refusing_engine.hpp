#pragma once
#include "container/engine.hpp"
#include "protocol/error.hpp"

namespace gf::test {

/// A container engine that has nothing and does nothing: what a test needs of it, its own engine overrides.
class RefusingEngine : public container::Engine {
 public:
  Task<container::EngineVersion> version() override { co_return container::EngineVersion(); }
  Task<std::vector<container::Container>> containers(std::string) override {
    co_return std::vector<container::Container>();
  }
  Task<std::optional<container::Container>> container(std::string) override { co_return std::nullopt; }
  Task<> start(std::string) override { throw Error(ErrorCode::internal, "cannot start"); }
  Task<> stop(std::string, std::chrono::seconds) override { co_return; }
  Task<> remove(std::string) override { co_return; }
  Task<std::optional<container::Image>> image(std::string) override { co_return std::nullopt; }
  Task<std::vector<container::Image>> images(std::vector<std::string>) override {
    co_return std::vector<container::Image>();
  }
  Task<bool> serves(std::string) override { co_return false; }
  Task<> pull(std::string, container::LayerProgress) override { throw Error(ErrorCode::internal, "cannot pull"); }
  Task<> push(std::string, container::LayerProgress) override { throw Error(ErrorCode::internal, "cannot push"); }
  Task<> build(container::BuildSpec, http::BodySource, container::LineFunction) override {
    throw Error(ErrorCode::internal, "cannot build");
  }
  Task<std::unique_ptr<http::ResponseStream>> save(std::vector<std::string>) override { co_return nullptr; }
  Task<> tag(std::string, std::string, std::string) override { co_return; }
  Task<> remove_image(std::string) override { co_return; }
  Task<std::string> mount(std::string, std::vector<std::string>) override {
    throw Error(ErrorCode::internal, "cannot mount");
  }
  Task<std::unique_ptr<http::ResponseStream>> get_archive(std::string, std::string) override { co_return nullptr; }
  Task<container::ExecResult> exec(container::ExecSpec, std::string) override {
    throw Error(ErrorCode::internal, "cannot run a program");
  }
  Task<std::unique_ptr<container::ExecStream>> exec_stream(container::ExecSpec) override {
    throw Error(ErrorCode::internal, "cannot run a program");
  }
  Task<> put_archive(std::string, std::string, std::string) override { co_return; }
  Task<std::unique_ptr<http::ResponseStream>> events(Json) override { co_return nullptr; }
};

}  // namespace gf::test
