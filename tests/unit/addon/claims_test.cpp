#include "addon/claims.hpp"

#include <doctest/doctest.h>

#include "addon/catalogue.hpp"
#include "kube/base64.hpp"
#include "support/refusing_engine.hpp"
#include "support/refusing_kube_api.hpp"
#include "support/run_task.hpp"
#include "system/file_system.hpp"

namespace gf::test {

namespace {

/// A cluster that keeps Secrets, and in which one pod of each store is ready.
class Cluster final : public RefusingKubeApi {
 public:
  std::map<std::string, Json> secrets;

  Task<std::optional<Json>> get(std::string, std::string, std::string space, std::string name) override {
    const auto found = secrets.find(space + '/' + name);
    if (found == secrets.end()) co_return std::nullopt;
    co_return found->second;
  }
  Task<Json> apply(Json object) override {
    const auto& metadata = object.at("metadata");
    secrets[metadata.value("namespace", "") + '/' + metadata.value("name", "")] = object;
    co_return object;
  }
  Task<> remove(std::string, std::string, std::string space, std::string name) override {
    secrets.erase(space + '/' + name);
    co_return;
  }
  Task<> watch(std::string, std::string kind, std::string, std::string, kube::WatchSink sink) override {
    for (const std::string name : {"postgres", "redis"}) {
      Json object;
      object["kind"] = kind;
      object["metadata"] = {{"name", name}, {"namespace", "data"}, {"labels", {{"store", name}}}};
      if (kind == "StatefulSet") {
        object["spec"]["selector"]["matchLabels"]["store"] = name;
      } else if (kind == "Pod") {
        object["spec"] = {{"nodeName", "node"}, {"containers", {{{"name", name}}}}};
        Json container{{"name", name}, {"containerID", "containerd://" + name}, {"ready", true}};
        container["state"]["running"] = Json::object();
        object["status"] = {{"phase", "Running"}, {"containerStatuses", {container}}};
        object["status"]["conditions"] = {{{"type", "Ready"}, {"status", "True"}}};
      } else {
        continue;
      }
      sink({"ADDED", std::move(object)});
    }
    sink({"SYNCED", Json::object()});
    co_return;
  }
};

/// Notes what is run: "copy number=1", of the values that count here.
class Engine final : public RefusingEngine {
 public:
  std::vector<std::string> ran;
  std::string failing;  ///< the action that fails

  Task<container::ExecResult> exec(container::ExecSpec spec, std::string input) override {
    std::string text = spec.command.back();
    for (std::size_t at = 0; at < input.size();) {
      const auto end = std::min(input.find('\n', at), input.size());
      const auto line = input.substr(at, end - at);
      if (line.starts_with("database=") || line.starts_with("base=") || line.starts_with("number=")) text += ' ' + line;
      at = end + 1;
    }
    ran.push_back(text);
    if (spec.command.back() != failing) co_return container::ExecResult();
    container::ExecResult failed;
    failed.exit_code = 1;
    co_return failed;
  }
};

struct World {
  net::io_context io;
  PosixFileSystem files;
  addon::Catalogue shipped = addon::Catalogue::load(files, GF_SOURCE_DIR);
  std::shared_ptr<Cluster> cluster = std::make_shared<Cluster>();
  Engine engine;
  kube::CurrentKubeApi current;
  kube::Mirror mirror{io.get_executor(), current};
  addon::PodCommands commands{mirror, engine};
  addon::Claims claims{current, commands};
  const addon::AddonSpec& postgres = shipped.at("postgres");
  const addon::AddonSpec& redis = shipped.at("redis");

  World() {
    current.set(cluster);
    run_task(io, mirror.wait_synced());
  }
  ~World() {
    current.set(nullptr);
    run_task(io, mirror.stop());
  }
  void ensure(const addon::AddonSpec& spec) { run_task(io, claims.ensure(spec, "my-shop")); }
  void follow(const addon::AddonSpec& spec, const std::string& branch) {
    run_task(io, claims.follow(spec, "my-shop", branch));
  }
  std::string variable(const std::string& addon, const std::string& name) {
    const auto& data = cluster->secrets.at("my-shop/claim-" + addon).at("data");
    return kube::base64_decode(data.at(name).get<std::string>());
  }
  std::vector<std::string> take_ran() { return std::exchange(engine.ran, {}); }
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a claim's variables follow the branch, whose data are made when it is first used") {
  World world;
  world.ensure(world.postgres);
  CHECK(world.take_ran() == Texts{"create database=my_shop"});
  CHECK(world.variable("postgres", "PGDATABASE") == "my_shop");
  const auto password = world.variable("postgres", "PGPASSWORD");
  world.follow(world.postgres, "");
  CHECK(world.take_ran().empty());

  const auto copy = "my_shop_" + addon::branch_label("feature/x");
  world.follow(world.postgres, "feature/x");
  CHECK(world.take_ran() == Texts{"copy base=my_shop database=" + copy});
  CHECK(world.variable("postgres", "PGDATABASE") == copy);
  CHECK(world.variable("postgres", "PGPASSWORD") == password);
  CHECK(world.variable("postgres", "DATABASE_URL").ends_with("/" + copy));
  CHECK(run_task(world.io, world.claims.known(world.postgres, "my-shop")).at("database") == copy);
  CHECK(run_task(world.io, world.claims.made(world.postgres, "my-shop", "feature/x")));
  CHECK_FALSE(run_task(world.io, world.claims.made(world.postgres, "my-shop", "")));

  world.ensure(world.postgres);  // as `gf up` does
  CHECK(world.take_ran() == Texts{"create database=my_shop", "copy base=my_shop database=" + copy});
  CHECK(world.variable("postgres", "PGDATABASE") == copy);
  run_task(world.io, world.claims.mark_seed(world.postgres, "my-shop", "digest"));
  CHECK(run_task(world.io, world.claims.branches(world.postgres, "my-shop")).current == "feature/x");

  world.follow(world.postgres, "");
  CHECK(world.take_ran().empty());
  CHECK(world.variable("postgres", "PGDATABASE") == "my_shop");
  CHECK(run_task(world.io, world.claims.seed_mark(world.postgres, "my-shop")).text == "digest");
  world.follow(world.postgres, "feature/x");
  CHECK(world.variable("postgres", "PGDATABASE") == copy);
}

TEST_CASE("each branch has a number of its own, which is free again with its data") {
  World world;
  world.ensure(world.redis);
  CHECK(world.variable("redis", "REDIS_DB") == "0");
  world.follow(world.redis, "a");
  world.follow(world.redis, "b");
  CHECK(world.variable("redis", "REDIS_URL").ends_with("/2"));
  world.take_ran();
  run_task(world.io, world.claims.remove_branch(world.redis, "my-shop", "a"));
  run_task(world.io, world.claims.remove_branch(world.redis, "my-shop", "a"));
  CHECK(world.take_ran() == Texts{"drop number=1"});
  CHECK(world.variable("redis", "REDIS_DB") == "2");
  world.follow(world.redis, "c");
  CHECK(world.take_ran() == Texts{"copy number=1"});
  run_task(world.io, world.claims.remove(world.redis, "my-shop"));
  CHECK(world.take_ran() == Texts{"remove"});
  CHECK(world.cluster->secrets.empty());
}

TEST_CASE("a copy that fails leaves the variables where they lead") {
  World world;
  world.ensure(world.redis);
  world.engine.failing = "copy";
  CHECK_THROWS_AS(world.follow(world.redis, "a"), Error);
  CHECK(world.variable("redis", "REDIS_DB") == "0");
  world.ensure(world.redis);
  world.engine.failing.clear();
  world.follow(world.redis, "b");
  CHECK(world.variable("redis", "REDIS_DB") == "2");  // what may be half made is given to nobody else
  world.follow(world.redis, "a");
  CHECK(world.variable("redis", "REDIS_DB") == "1");
}

}  // namespace gf::test
