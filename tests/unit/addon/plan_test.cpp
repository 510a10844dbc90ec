#include "addon/plan.hpp"

#include <doctest/doctest.h>

#include "addon/pod_command.hpp"
#include "protocol/error.hpp"
#include "system/file_system.hpp"

using namespace gf;
using namespace gf::addon;

namespace {

AddonSpec spec(const std::string& name, std::vector<std::string> required = {},
               std::vector<std::string> conflicts = {}) {
  AddonSpec made;
  made.name = name;
  made.requires_ = std::move(required);
  made.conflicts = std::move(conflicts);
  made.profiles["dev"] = {"", 100, 10, 1};
  made.profiles["full"] = {"", 1000, 100, 2};
  return made;
}

Catalogue catalogue(std::vector<AddonSpec> specs) {
  std::map<std::string, AddonSpec> all;
  for (auto& one : specs) all.emplace(one.name, one);
  return Catalogue(std::move(all));
}

const Catalogue platform = catalogue({spec("zookeeper"), spec("kafka", {"zookeeper"}), spec("ui", {"kafka"}),
                                      spec("redis"), spec("valkey", {}, {"redis"})});

template <class Function>
Error thrown_by(Function function) {
  try {
    function();
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error");
  return Error(ErrorCode::internal, "");
}

}  // namespace

TEST_CASE("what is wanted pulls in what it requires, by whom is told, full wins") {
  const auto chosen =
      resolve(platform, {{"ui", {{"user", "dev"}}}, {"kafka", {{"project/a", "dev"}, {"project/b", "full"}}}});
  REQUIRE(chosen.size() == 3);
  CHECK(chosen.at("ui").profile == "dev");
  CHECK(chosen.at("kafka").profile == "full");
  CHECK(chosen.at("kafka").required_by == std::set<std::string>{"ui"});
  CHECK(chosen.at("kafka").wanted_by == std::set<std::string>{"project/a", "project/b"});
  CHECK(chosen.at("zookeeper").profile == "dev");
  CHECK(chosen.at("zookeeper").wanted_by.empty());
}

TEST_CASE("what cannot be is refused by name") {
  CHECK(thrown_by([] { resolve(platform, {{"kafk", {{"user", "dev"}}}}); }).hint() == "did you mean 'kafka'?");
  CHECK(thrown_by([] { resolve(platform, {{"redis", {{"user", "huge"}}}}); }).hint() == "it comes in: dev, full");
  CHECK(thrown_by([] {
          resolve(platform, {{"redis", {{"user", "dev"}}}, {"valkey", {{"user", "dev"}}}});
        }).code() == ErrorCode::conflict);
  const auto circle = catalogue({spec("a", {"b"}), spec("b", {"a"})});
  CHECK(thrown_by([&] { resolve(circle, {{"a", {{"user", "dev"}}}}); }).code() == ErrorCode::bad_config);
}

TEST_CASE("disabling refuses while somebody needs it, and cascades when told to") {
  const Wants wants{
      {"ui", {{"user", "dev"}}}, {"kafka", {{"user", "dev"}}}, {"redis", {{"user", "dev"}, {"project/a", "dev"}}}};
  const auto refused = thrown_by([&] { without(platform, wants, "zookeeper", "user", false); });
  CHECK(refused.code() == ErrorCode::addon_in_use);
  CHECK(refused.message() == "cannot disable zookeeper: kafka still needs it");
  CHECK(thrown_by([&] { without(platform, wants, "redis", "user", false); }).message().find("project/a") !=
        std::string::npos);
  const auto left = resolve(platform, without(platform, wants, "zookeeper", "user", true));
  CHECK(left.size() == 1);
  CHECK(left.contains("redis"));
  // What came in only as a dependency leaves with its last user.
  CHECK(resolve(platform, without(platform, {{"kafka", {{"user", "dev"}}}}, "kafka", "user", false)).empty());
  CHECK(without(platform, wants, "valkey", "user", false) == wants);  // it was not enabled
}

TEST_CASE("memory is held against what is free, with numbers and a smaller offer") {
  const auto full = resolve(platform, {{"redis", {{"user", "full"}}}});
  CHECK_NOTHROW(admit(platform, full, 1512, 512));
  const auto refused = thrown_by([&] { admit(platform, full, 1511, 512); });
  CHECK(refused.code() == ErrorCode::not_enough_memory);
  CHECK(refused.message() == "cannot start the addons: they need 1000 MiB, and 999 MiB are free");
  CHECK(refused.hint().find("100 MiB") != std::string::npos);
  CHECK(thrown_by([&] { admit(platform, full, 100, 512); }).hint().find("close something") != std::string::npos);
  CHECK_NOTHROW(admit(platform, {}, 0, 512));
}

TEST_CASE("the shipped catalogue is read") {
  PosixFileSystem files;
  const auto shipped = Catalogue::load(files, GF_SOURCE_DIR);
  const auto& redis = shipped.at("redis");
  CHECK(redis.version != "REDIS");  // looked up in images/versions.env
  CHECK(redis.claim->env.contains("REDIS_URL"));
  CHECK(redis.secrets.at(0).keys.at("password") >= 16);
  CHECK(redis.volumes == std::vector<std::string>{"data-redis-0", "data-redis-1", "data-redis-2"});
  CHECK(shipped.at("redis-exporter").requires_ == std::vector<std::string>{"redis"});
  CHECK(shipped.at("kafka").modes.size() == 2);
  for (const auto& [name, spec] : shipped.all())
    for (const auto& [mode, addon] : spec.modes) CHECK(shipped.all().contains(addon));
}

TEST_CASE("a localhost port leads to the Service's port, or to another that the endpoint names") {
  PosixFileSystem files;
  const auto shipped = Catalogue::load(files, GF_SOURCE_DIR);
  const auto& redis = shipped.at("redis").endpoints.front();
  CHECK(redis.localhost_service_port == redis.port);
  const auto& kafka = shipped.at("kafka").endpoints.front();
  CHECK(kafka.port == 9092);  // what pods get as {{port}}
  CHECK(kafka.localhost_service_port == 9094);
  // Kafka tells its clients this very port.
  CHECK(kafka.localhost_port == 9094);
}

TEST_CASE("a claim without commands has its environment only") {
  PosixFileSystem files;
  const auto shipped = Catalogue::load(files, GF_SOURCE_DIR);
  const auto& claim = *shipped.at("zookeeper").claim;
  CHECK_FALSE(claim.create);
  CHECK_FALSE(claim.remove);
  CHECK(claim.env.at("ZOOKEEPER_CONNECT") == "{{host}}:{{port}}");
}

TEST_CASE("who gives projects a share of its own has a shell for them, told by stdin alone") {
  PosixFileSystem files;
  const auto shipped = Catalogue::load(files, GF_SOURCE_DIR);
  for (const auto& [name, spec] : shipped.all()) {
    CAPTURE(name);
    const bool shared = spec.claim && spec.claim->create;
    REQUIRE(spec.connect.has_value() == shared);
    if (!shared) continue;
    CHECK(spec.connect->workload.name == spec.claim->create->workload.name);
    CHECK(spec.connect->input.find("password={{password}}") != std::string::npos);
    CHECK(spec.connect->input.ends_with('\n'));
  }
}

TEST_CASE("a shell is ready when its whole line has come") {
  CHECK_FALSE(says_ready(""));
  CHECK_FALSE(says_ready("greenfield: rea"));
  CHECK_FALSE(says_ready("greenfield: ready"));
  CHECK_FALSE(says_ready("greenfield: ready\r"));  // on a terminal the end of the line is two bytes
  CHECK(says_ready("greenfield: ready\r\n"));
  CHECK(says_ready("a warning\ngreenfield: ready\n"));
}

TEST_CASE("what a shell said before it failed is told without its greeting, the last lines of it") {
  CHECK(last_words("greenfield: ready\nERROR: no such table\n") == "ERROR: no such table");
  CHECK(last_words("sh: cannot open /scripts/connect\n") == "sh: cannot open /scripts/connect");
  CHECK(last_words("greenfield: ready\n").empty());
  CHECK(last_words("").empty());
  std::string many = "greenfield: ready\n";
  for (int i = 1; i <= 12; ++i) many += std::to_string(i) + '\n';
  CHECK(last_words(many) == "3\n4\n5\n6\n7\n8\n9\n10\n11\n12");
}

TEST_CASE("a broken addon.yaml is refused with its file") {
  CHECK(thrown_by([] { read_addon("name: x", "/a/x", {}); }).message().find("/a/x/addon.yaml") != std::string::npos);
  CHECK(thrown_by([] { read_addon("a: [", "/a/x", {}); }).message().find("line 1") != std::string::npos);
}

TEST_CASE("templates are filled, unknown names stay") {
  CHECK(fill("{{a}}-{{b}}-{{c}}", {{"a", "1"}, {"b", "{{a}}"}}) == "1-{{a}}-{{c}}");
  CHECK(fill("{{open", {{"open", "1"}}) == "{{open");
}
