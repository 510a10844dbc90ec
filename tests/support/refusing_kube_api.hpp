#pragma once
#include "kube/kube_api.hpp"
#include "protocol/error.hpp"

namespace gf::test {

/// A cluster that has nothing and does nothing: what a test needs of it, its own cluster overrides.
class RefusingKubeApi : public kube::KubeApi {
 public:
  Task<std::optional<Json>> get(std::string, std::string, std::string, std::string) override { co_return std::nullopt; }
  Task<std::vector<Json>> list(std::string, std::string, std::string, std::string) override {
    co_return std::vector<Json>();
  }
  Task<Json> apply(Json) override { throw Error(ErrorCode::internal, "cannot apply"); }
  Task<std::optional<Json>> create(Json) override { throw Error(ErrorCode::internal, "cannot create"); }
  Task<Json> patch(std::string, std::string, std::string, std::string, std::string, Json) override {
    throw Error(ErrorCode::internal, "cannot patch");
  }
  Task<> remove(std::string, std::string, std::string, std::string) override { co_return; }
  Task<> remove_all(std::string, std::string, std::string, std::string) override { co_return; }
  Task<> watch(std::string, std::string, std::string, std::string, kube::WatchSink) override { co_return; }
  Task<std::unique_ptr<http::ResponseStream>> logs(kube::LogRequest) override { co_return nullptr; }
  Task<http::Response> ask_service(std::string, std::string, http::Request) override { co_return http::Response(); }
  Task<std::vector<kube::ResourceName>> kinds() override { co_return std::vector<kube::ResourceName>(); }
  Task<bool> ready() override { co_return true; }
};

}  // namespace gf::test
