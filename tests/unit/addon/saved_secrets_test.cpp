#include "addon/saved_secrets.hpp"

#include <doctest/doctest.h>

#include "support/memory_file_system.hpp"
#include "support/refusing_kube_api.hpp"
#include "support/run_task.hpp"

namespace gf::test {

namespace {

constexpr const char* label = "example.com/key";
constexpr const char* place = "/state/saved-secrets.json";

Json key_secret(const std::string& name, const std::string& value) {
  Json secret;
  secret["type"] = "kubernetes.io/tls";
  secret["metadata"] = {{"name", name},     {"namespace", "vault"},   {"labels", {{label, "active"}}},
                        {"uid", "of then"}, {"resourceVersion", "7"}, {"managedFields", Json::array()}};
  secret["data"]["tls.key"] = value;
  return secret;
}

/// A cluster that has Secrets.
class Cluster final : public RefusingKubeApi {
 public:
  std::map<std::string, Json> secrets;
  kube::WatchSink sink;
  std::string watched;

  Task<std::vector<Json>> list(std::string, std::string, std::string, std::string) override {
    std::vector<Json> all;
    for (const auto& [name, secret] : secrets) all.push_back(secret);
    co_return all;
  }
  Task<std::optional<Json>> create(Json object) override {
    const auto name = object["metadata"].value("name", "");
    if (!secrets.emplace(name, object).second) co_return std::nullopt;
    co_return object;
  }
  Task<> remove_all(std::string, std::string, std::string, std::string) override {
    secrets.clear();
    co_return;
  }
  Task<> watch(std::string, std::string, std::string space, std::string labels, kube::WatchSink on_event) override {
    watched = space + ' ' + labels;
    sink = std::move(on_event);
    co_return;
  }
};

addon::AddonSpec vault() {
  addon::AddonSpec spec;
  spec.name = spec.space = "vault";
  spec.saved_secrets = label;
  return spec;
}

struct World {
  net::io_context io;
  MemoryFileSystem files;
  kube::CurrentKubeApi kube;
  addon::Catalogue catalogue{{{"vault", vault()}, {"other", addon::AddonSpec()}}};
  std::vector<std::string> warnings;
  addon::SavedSecrets saved{io.get_executor(), kube, catalogue, state::Document(files, place),
                            [this](const std::string&, const std::string& text) { warnings.push_back(text); }};

  ~World() { run_task(io, saved.stop()); }

  std::shared_ptr<Cluster> new_cluster() {
    auto cluster = std::make_shared<Cluster>();
    kube.set(cluster);
    io.restart();
    io.poll();
    return cluster;
  }
  void put_back() { run_task(io, saved.put_back(catalogue.at("vault"))); }
};

}  // namespace

TEST_CASE("what appears in one cluster is put back into the next, without what the former server wrote") {
  World world;
  const auto first = world.new_cluster();
  CHECK(first->watched == std::string("vault ") + label);
  first->sink({"ADDED", key_secret("one", "a")});
  first->sink({"SYNCED", nullptr});
  first->sink({"ADDED", key_secret("two", "b")});
  first->sink({"MODIFIED", key_secret("two", "c")});
  first->sink({"DELETED", key_secret("one", "a")});  // kept all the same

  const auto next = world.new_cluster();
  next->secrets["two"] = key_secret("two", "its own");
  world.put_back();
  CHECK(next->secrets.size() == 2);
  CHECK(next->secrets["two"]["data"]["tls.key"] == "its own");
  CHECK(next->secrets["one"] == Json::parse(R"({"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
    "metadata": {"name": "one", "namespace": "vault", "labels": {"example.com/key": "active"}},
    "data": {"tls.key": "a"}})"));
}

TEST_CASE("they are there for the next daemon, and a damaged file is told and kept") {
  World world;
  world.new_cluster()->sink({"ADDED", key_secret("one", "a")});
  World later;
  later.files.files = world.files.files;
  addon::SavedSecrets again(later.io.get_executor(), later.kube, later.catalogue, state::Document(later.files, place),
                            {});
  const auto cluster = later.new_cluster();
  run_task(later.io, again.put_back(later.catalogue.at("vault")));
  CHECK(cluster->secrets.contains("one"));
  CHECK(again.warning().empty());
  run_task(later.io, again.stop());

  later.files.files[place] = R"({"version": 1, "contents": {"vault": {"one": {"kind": "Secret"}}}})";
  addon::SavedSecrets damaged(later.io.get_executor(), later.kube, later.catalogue, state::Document(later.files, place),
                              {});
  CHECK(damaged.warning().find("/state/saved-secrets.json.corrupt-1") != std::string::npos);
  run_task(later.io, damaged.stop());
}

TEST_CASE("before a cluster goes it is asked once more; without one nobody is") {
  World world;
  run_task(world.io, world.saved.save());
  world.new_cluster()->secrets["late"] = key_secret("late", "a");
  run_task(world.io, world.saved.save());
  const auto next = world.new_cluster();
  world.put_back();
  CHECK(next->secrets.contains("late"));
}

TEST_CASE("purged ones are gone here and there") {
  World world;
  const auto cluster = world.new_cluster();
  cluster->secrets["one"] = key_secret("one", "a");
  cluster->sink({"ADDED", key_secret("one", "a")});
  run_task(world.io, world.saved.remove(world.catalogue.at("vault")));
  CHECK(cluster->secrets.empty());
  world.put_back();
  CHECK(cluster->secrets.empty());
  CHECK(world.files.files.at(place).find("tls.key") == std::string::npos);
}

TEST_CASE("what cannot be saved is told, without a value, and tried again with the next") {
  World world;
  const auto cluster = world.new_cluster();
  world.files.fail_after = 0;
  cluster->sink({"ADDED", key_secret("one", "s3cret")});
  REQUIRE(world.warnings.size() == 1);
  CHECK(world.warnings.front().find("No space left") != std::string::npos);
  CHECK(world.warnings.front().find("s3cret") == std::string::npos);
  world.files.fail_after = -1;
  cluster->secrets["one"] = key_secret("one", "s3cret");
  run_task(world.io, world.saved.save());
  CHECK(world.files.files.at(place).find("s3cret") != std::string::npos);
}

}  // namespace gf::test
