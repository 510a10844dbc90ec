#include "image/registry.hpp"

#include <doctest/doctest.h>

#include "image/image_service.hpp"
#include "operation/silent.hpp"
#include "support/fake_link.hpp"
#include "support/refusing_engine.hpp"
#include "support/run_task.hpp"

using namespace gf;
using namespace gf::image;
using test::run_task;

namespace {

const Registry plain{"localhost:5001", "localhost:5001", ""};
const Registry renamed{"localhost:5001", "registry:5000", "https://example.com/registry"};

/// An engine with a registry beside it; it writes down what it is told to do.
class FakeEngine final : public test::RefusingEngine {
 public:
  std::set<std::string> here, served;  ///< references
  std::string names;                   ///< in the nodes' stores, each on a line
  bool reachable = true;
  std::string done;

  Task<std::optional<container::Image>> image(std::string reference) override {
    if (!here.contains(reference)) co_return std::nullopt;
    co_return container::Image();
  }
  Task<bool> serves(std::string reference) override {
    done += "ask " + reference + '\n';
    const bool there = reachable && served.contains(reference);
    co_return there;
  }
  Task<> tag(std::string reference, std::string repository, std::string tag) override {
    done += "tag " + reference + ' ' + repository + ' ' + tag + '\n';
    here.insert(repository + ':' + tag);
    co_return;
  }
  Task<> remove_image(std::string reference) override {
    done += "remove " + reference + '\n';
    here.erase(reference);
    co_return;
  }
  Task<> push(std::string reference, container::LayerProgress) override {
    done += "push " + reference + '\n';
    if (!here.contains(reference)) throw Error(ErrorCode::internal, "no such image");
    if (!reachable) throw Error(ErrorCode::image_unavailable, "cannot push the image", "", "connection refused");
    served.insert(reference);
    co_return;
  }
  Task<container::ExecResult> exec(container::ExecSpec spec, std::string) override {
    done += "names in " + spec.container + '\n';
    co_return container::ExecResult{0, names, ""};
  }
};

struct World {
  net::io_context io;
  SystemClock clock;
  PosixProcessRunner processes;
  FakeEngine engine;
  Wiring wiring;
  operation::Silent silent;
  ImageService images{io.get_executor(),
                      clock,
                      engine,
                      processes,
                      "/nowhere",
                      [](std::string) -> Task<node::Link*> { co_return nullptr; },
                      [this] { return wiring; }};

  explicit World(std::optional<Registry> registry) { wiring.registry = std::move(registry); }
  void load(const std::string& reference) {
    engine.done.clear();
    std::vector<std::string> references(1, reference), nodes(1, "one");
    run_task(io, images.load(std::move(references), std::move(nodes), silent));
  }
  bool all_hold(const std::string& reference) {
    engine.done.clear();
    std::vector<std::string> nodes(1, "one");
    return run_task(io, images.all_hold(reference, std::move(nodes)));
  }
};

}  // namespace

TEST_CASE("what images of apps are called, and which of them the engine pushes as what") {
  struct Row {
    std::optional<Registry> registry;
    const char* reference;
    const char* pushed;  ///< empty: it goes into the nodes layer by layer
  };
  const Row rows[] = {
      {std::nullopt, "greenfield-app/shop-api:1", ""},
      {std::nullopt, "localhost:5001/greenfield-app/shop-api:1", ""},
      {plain, "localhost:5001/greenfield-app/shop-api:1", "localhost:5001/greenfield-app/shop-api:1"},
      {plain, "greenfield-app/shop-api:1", ""},                 // of before
      {plain, "localhost:5002/greenfield-app/shop-api:1", ""},  // of another registry
      {plain, "localhost:5001/shop-api:1", ""},                 // somebody else's
      {plain, "greenfield/redis:1", ""},
      {renamed, "registry:5000/greenfield-app/shop-api:1", "localhost:5001/greenfield-app/shop-api:1"},
      {renamed, "localhost:5001/greenfield-app/shop-api:1", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.reference);
    CHECK(pushed_name(row.registry, row.reference).value_or("") == row.pushed);
  }
  CHECK(app_reference(std::nullopt, "shop-api:1") == "greenfield-app/shop-api:1");
  CHECK(app_reference(plain, "shop-api:1") == "localhost:5001/greenfield-app/shop-api:1");
  CHECK(app_reference(renamed, "shop-api:1") == "registry:5000/greenfield-app/shop-api:1");
}

TEST_CASE("images of apps are known by their names in every store") {
  for (const char* reference :
       {"greenfield-app/a:1", "docker.io/greenfield-app/a:1", "localhost:5001/greenfield-app/a:1"})
    CHECK(is_app_image(reference));
  for (const char* reference : {"greenfield/redis:1", "localhost:5001/a:1", "a/greenfield-app/b:1", "redis"})
    CHECK_FALSE(is_app_image(reference));
  for (const char* reference : {"greenfield-app/a:1", "localhost:5001/greenfield-app/a:1", "redis:8"})
    CHECK(familiar(canonical(reference)) == reference);
}

TEST_CASE("a registry gets an image once; one that it has costs one question") {
  World world(plain);
  const std::string reference = "localhost:5001/greenfield-app/shop-api:1";
  world.engine.here = {reference};
  CHECK_FALSE(World(plain).all_hold(reference));
  world.load(reference);
  CHECK(world.engine.done == "ask " + reference + "\npush " + reference + '\n');
  world.load(reference);
  CHECK(world.engine.done == "ask " + reference + '\n');
  world.engine.here.clear();
  CHECK(world.all_hold(reference));
  CHECK(world.engine.done == "ask " + reference + '\n');
}

TEST_CASE("a registry that nodes know by another name: the engine has the image by that one, but for the push") {
  World world(renamed);
  const std::string reference = "registry:5000/greenfield-app/shop-api:1",
                    name = "localhost:5001/greenfield-app/shop-api:1";
  const auto pushed = "ask " + name + "\ntag " + reference + " localhost:5001/greenfield-app/shop-api 1\npush " + name +
                      "\nremove " + name + '\n';
  world.engine.here = {reference};
  world.engine.reachable = false;
  CHECK_THROWS_AS(world.load(reference), Error);
  CHECK(world.engine.done == pushed);
  CHECK(world.engine.here == std::set<std::string>{reference});
  world.engine.reachable = true;
  world.load(reference);
  CHECK(world.engine.done == pushed);
  CHECK(world.engine.here == std::set<std::string>{reference});
  CHECK(world.all_hold(reference));
}

TEST_CASE("a registry that cannot be reached is told with the reason and the remedy") {
  World world(renamed);
  world.engine.here = {"registry:5000/greenfield-app/shop-api:1"};
  world.engine.reachable = false;
  try {
    world.load("registry:5000/greenfield-app/shop-api:1");
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::image_unavailable);
    CHECK(
        error.message() ==
        "cannot push localhost:5001/greenfield-app/shop-api:1 to the registry that the cluster names, localhost:5001");
    CHECK(error.hint().find("configmap local-registry-hosting") != std::string::npos);
    CHECK(error.hint().find("https://example.com/registry") != std::string::npos);
    CHECK(error.cause() == "connection refused");
  }
}

TEST_CASE("what neither the registry nor the engine has may be in the nodes all the same") {
  World world(plain);
  world.engine.names = "localhost:5001/greenfield-app/shop-api:1\ndocker.io/greenfield/redis:1\n";
  world.load("localhost:5001/greenfield-app/shop-api:1");
  CHECK(world.engine.done == "ask localhost:5001/greenfield-app/shop-api:1\nnames in one\n");
  CHECK(world.all_hold("localhost:5001/greenfield-app/shop-api:1"));
  CHECK_THROWS_AS(world.load("localhost:5001/greenfield-app/shop-api:2"), Error);
  world.load("greenfield/redis:1");
  CHECK(world.engine.done == "names in one\n");
}

TEST_CASE("a registry that the cluster names in an odd way holds up images of apps only") {
  World world(std::nullopt);
  world.wiring.refused = Error(ErrorCode::bad_config, "cannot read it");
  world.engine.names = "docker.io/greenfield/redis:1\ndocker.io/greenfield-app/shop-api:1\n";
  world.load("greenfield/redis:1");
  CHECK_THROWS_WITH_AS(world.load("greenfield-app/shop-api:1"), "cannot read it", Error);
  CHECK(world.images.app_reference("shop-api:1") == "greenfield-app/shop-api:1");
}
