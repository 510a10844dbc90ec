#include <doctest/doctest.h>
#include <sys/utsname.h>

#include <fstream>

#include "cluster/cluster_service.hpp"
#include "operation/silent.hpp"
#include "protocol/error.hpp"
#include "support/manual_clock.hpp"
#include "support/refusing_engine.hpp"
#include "support/run_task.hpp"
#include "support/temporary_folder.hpp"

// The folder in which the nodes meet gfd: made for them and removed with them.
namespace gf::test {

namespace {

namespace fs = std::filesystem;

struct KernelOnly final : RefusingEngine {
  std::string kernel;
  Task<container::EngineVersion> version() override {
    container::EngineVersion version;
    version.kernel = kernel;
    co_return version;
  }
};

/// Makes and starts nothing, and keeps what it was asked for.
struct NoNodes final : cluster::Provider {
  cluster::Presence presence = cluster::Presence::absent;
  std::optional<cluster::CreateSpec> asked;
  bool folder_at_start = false;
  fs::path folder;

  std::string_view name() const override { return "none"; }
  Task<cluster::Observation> observe(std::string) override {
    cluster::Observation seen;
    seen.presence = presence;
    co_return seen;
  }
  Task<> create(cluster::CreateSpec spec, operation::Context&) override {
    asked = std::move(spec);
    throw Error(ErrorCode::cluster_failed, "cannot create");
    co_return;
  }
  Task<> start(std::string, operation::Context&) override {
    folder_at_start = fs::is_directory(folder);
    throw Error(ErrorCode::cluster_failed, "cannot start");
    co_return;
  }
  Task<> stop(std::string, operation::Context&) override { co_return; }
  Task<> remove(std::string, operation::Context&) override { co_return; }
  Task<std::string> kubeconfig(std::string) override { co_return ""; }
};

struct World {
  net::io_context io;
  ManualClock clock;
  TemporaryFolder state;
  fs::path folder = state.path() / "clusters/shop/link";
  KernelOnly engine;
  cluster::ProviderTable providers;
  NoNodes* provider = nullptr;
  kube::CurrentKubeApi api;
  operation::Silent silent;
  std::unique_ptr<cluster::ClusterService> service;

  World() {
    auto none = std::make_unique<NoNodes>();
    none->folder = folder;
    provider = none.get();
    providers["none"] = std::move(none);
    cluster::ClusterService::Collaborators with{io.get_executor(), clock, engine,
                                                providers,         api,   {folder.string(), "/greenfield/link"}};
    service = std::make_unique<cluster::ClusterService>(std::move(with), "shop", "none", [](auto) {});
  }
  void ensure_fails() {
    ClusterSpec spec;
    spec.host_ports = 0;
    const auto image = [](operation::Context&) -> Task<std::string> { co_return "image"; };
    CHECK_THROWS_AS(run_task(io, service->ensure_running(spec, {}, image, silent)), Error);
  }
};

}  // namespace

TEST_CASE("the link's folder: new nodes get it where the engine runs on our kernel, and it goes with them") {
  World world;
  utsname ours{};
  REQUIRE(::uname(&ours) == 0);
  world.engine.kernel = ours.release;
  world.ensure_fails();
  REQUIRE(world.provider->asked);
  REQUIRE(world.provider->asked->link);
  CHECK(world.provider->asked->link->folder == world.folder);
  CHECK(world.provider->asked->link->in_node == "/greenfield/link");
  CHECK((fs::status(world.folder).permissions() & fs::perms::all) == fs::perms::owner_all);
  run_task(world.io, world.service->remove(world.silent));
  CHECK_FALSE(fs::exists(world.folder.parent_path()));
}

TEST_CASE("the link's folder: nodes in a virtual machine get none, nor where it cannot be made") {
  World world;
  SUBCASE("another kernel") { world.engine.kernel = "6.6.0-linuxkit"; }
  SUBCASE("a file in its place") {
    utsname ours{};
    REQUIRE(::uname(&ours) == 0);
    world.engine.kernel = ours.release;
    fs::create_directories(world.folder.parent_path());
    std::ofstream(world.folder) << "not a folder";
  }
  world.ensure_fails();
  REQUIRE(world.provider->asked);
  CHECK_FALSE(world.provider->asked->link);
}

TEST_CASE("the link's folder: it is there when stopped nodes start") {
  World world;
  world.provider->presence = cluster::Presence::stopped;
  world.ensure_fails();
  CHECK(world.provider->folder_at_start);
}

}  // namespace gf::test
