#include <doctest/doctest.h>

#include <fstream>

#include "problems.hpp"
#include "project/keys.hpp"
#include "project/project_file.hpp"
#include "project/registry.hpp"
#include "project/seed.hpp"
#include "protocol/error.hpp"
#include "support/memory_file_system.hpp"
#include "support/temporary_folder.hpp"

using namespace gf;
using namespace gf::project;

namespace {

const Vocabulary vocabulary{{"redis", "postgres", "kafka", "kafka-zookeeper", "metrics-server"},
                            {"kind"},
                            {{"kafka", {{"kraft", "kafka"}, {"zookeeper", "kafka-zookeeper"}}}}};
const std::string head = "apiVersion: greenfield.dev/v1\nname: shop\n";

std::string problems(const std::string& text) { return problems_of(text, vocabulary); }

}  // namespace

TEST_CASE("a whole greenfield.yaml is read") {
  const auto spec = parse(head + R"(cluster: {provider: kind, workers: 1, host_ports: 5}
profile: dev
addons:
  redis: {}
  postgres: {profile: full}
apps:
  api:
    build: {context: ., dockerfile: Dockerfile.dev, args: {A: 1}}
    port: 8000
    localhost_port: 9000
    replicas: 2
    uses: [redis]
    sync: [{from: ./app/, to: /srv/app/}, {from: ., to: /all}]
    on_sync: reload
    rebuild_on: [Dockerfile]
    ready_path: /ready
    metrics_path: /metrics
    env: {DEBUG: true}
    command: [serve, --fast]
    memory_mib: 64
)",
                          "/r", vocabulary);
  CHECK(spec.name == "shop");
  CHECK(spec.cluster == ClusterSpec{"kind", 1, 5});
  CHECK(spec.addons == std::map<std::string, std::string>{{"redis", "dev"}, {"postgres", "full"}});
  REQUIRE(spec.apps.size() == 1);
  const auto& app = spec.apps.front();
  CHECK(app.dockerfile == "Dockerfile.dev");
  CHECK(app.args.at("A") == "1");
  CHECK(app.localhost_port == 9000);
  CHECK(app.ready_path == "/ready");
  CHECK(app.metrics_path == "/metrics");
  CHECK(app.sync == std::vector<SyncRule>{{"app", "/srv/app"}, {"", "/all"}});
  CHECK(app.on_sync == OnSync::reload);
  CHECK(app.env.at("DEBUG") == "true");
  CHECK(app.command == std::vector<std::string>{"serve", "--fast"});
}

TEST_CASE("an app is scaled by its load where that is measured") {
  const auto app = [](const std::string& settings, const std::string& addons = "metrics-server: {}") {
    return head + "addons: {" + addons + "}\napps: {api: {image: x, " + settings + "}}\n";
  };
  const auto spec = parse(app("autoscale: {min: 2, max: 5, cpu: 60}"), "/r", vocabulary);
  CHECK(spec.apps.front().autoscale == Autoscale{2, 5, 60});
  CHECK(parse(app("autoscale: {max: 3}"), "/r", vocabulary).apps.front().autoscale == Autoscale{1, 3, 70});
  CHECK(problems(app("autoscale: {max: 3}", "")) ==
        "greenfield.yaml:4:35: 'autoscale' needs the addon metrics-server, which measures: `metrics-server: {}` under "
        "'addons'");
  CHECK(problems(app("autoscale: {min: 4, max: 3}")) ==
        "greenfield.yaml:4:35: 'autoscale' needs 'max', and not less than 'min' (4)");
  CHECK(problems(app("autoscale: {min: 4}")).find("needs 'max'") != std::string::npos);
  CHECK(problems(app("replicas: 2, autoscale: {max: 3}")).find("'autoscale' and 'replicas' exclude") !=
        std::string::npos);
  CHECK(problems(app("manifests: m, autoscale: {max: 3}")).find("'autoscale' and 'manifests' exclude") !=
        std::string::npos);
  CHECK(problems(app("autoscale: {max: 3, cpu: 0}")).find("'cpu' must be a whole number from 1 to 100") !=
        std::string::npos);
}

TEST_CASE("the checkout is copied into an app's containers, or mounted where it says so and can be") {
  const auto text = [](const std::string& mode) {
    return head + "apps: {api: {image: x, sync: [{from: app, to: /srv/app}]" + mode + "}}";
  };
  CHECK_FALSE(mounts_checkout(parse(text(""), "/r", vocabulary)));
  CHECK_FALSE(mounts_checkout(parse(text(", sync_mode: copy"), "/r", vocabulary)));
  const auto spec = parse(text(", sync_mode: mount, on_sync: reload"), "/r", vocabulary);
  CHECK(mounts_checkout(spec));
  CHECK(spec.apps.at(0).on_sync == OnSync::reload);
  CHECK(checkout_in_node("/home/a b/shop") == "/greenfield/checkouts/home/a b/shop");
  try {
    parse(text(", sync_mode: mount"), "/home/a:b", vocabulary);
    FAIL("a path with ':' was taken");
  } catch (const Error& error) {
    CHECK(error.cause().find("cannot mount a checkout whose path holds ':'") != std::string::npos);
  }
}

TEST_CASE("the files that fill an addon keep their order") {
  const auto spec =
      parse(head + "addons: {redis: {}, postgres: {seed: [./db/schema.sql, db/data.sql]}}", "/r", vocabulary);
  CHECK(spec.seeds == std::map<std::string, std::vector<std::string>>{{"postgres", {"db/schema.sql", "db/data.sql"}}});
}

TEST_CASE("seed files are read from inside the checkout only") {
  gf::test::TemporaryFolder folder;
  const auto root = folder.path() / "shop";
  std::filesystem::create_directories(root / "db");
  std::ofstream(root / "db/a.sql") << "CREATE TABLE a ();";
  std::ofstream(root / "db/b.sql") << "CREATE TABLE b ();";
  std::ofstream(folder.path() / "outside.sql") << "SELECT 1";
  std::filesystem::create_symlink("../../outside.sql", root / "db/out.sql");
  std::filesystem::create_symlink("a.sql", root / "db/in.sql");
  const auto files = read_seed(root.string(), {"db/a.sql", "db/in.sql"});
  REQUIRE(files.size() == 2);
  CHECK(files[0].path == "db/a.sql");
  CHECK(files[1].text == "CREATE TABLE a ();");

  const auto refusal = [&](const std::string& path) -> std::string {
    try {
      read_seed(root.string(), {path});
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::bad_config);
      return error.message();
    }
    return {};
  };
  CHECK(refusal("db/none.sql") == "cannot use the seed file db/none.sql: No such file or directory");
  CHECK(refusal("db/out.sql") == "cannot use the seed file db/out.sql: it leads out of the checkout");
  CHECK(refusal("db") == "cannot use the seed file db: it is no file");

  const auto digest = [&](std::vector<std::string> paths) { return seed_digest(read_seed(root.string(), paths)); };
  CHECK(digest({"db/a.sql", "db/b.sql"}) != digest({"db/b.sql", "db/a.sql"}));
  CHECK(digest({"db/a.sql"}) == digest({"db/in.sql"}));  // what they hold, not what they are called
  CHECK(digest({"db/a.sql"}) != digest({"db/a.sql", "db/a.sql"}));
}

TEST_CASE("what is wrong is told with place, reason and the nearest name") {
  struct Row {
    const char* text;
    const char* expected;
  };
  const Row rows[] = {
      {"addons: {redis: {seed: [../x.sql]}}",
       "greenfield.yaml:3:24: 'seed' must name files inside the checkout, not '../x.sql'"},
      {"addons: {redis: {seed: [/etc/passwd]}}", "'seed' must name files inside the checkout, not '/etc/passwd'"},
      {"addons: {redis: {sed: [x]}}", "unknown key 'sed' in the addon 'redis'; did you mean 'seed'?"},
      {"addons: {redis: {seed: x}}", "'seed' must be a list"},
      {"replcas: 2", "greenfield.yaml:3:1: unknown key 'replcas' in greenfield.yaml"},
      {"apps: {api: {image: x, replcas: 2}}",
       "greenfield.yaml:3:24: unknown key 'replcas' in the app 'api'; did you mean 'replicas'?"},
      {"apps: {api: {image: x, replicas: two}}",
       "greenfield.yaml:3:34: 'replicas' must be a whole number from 0 to 20, not 'two'"},
      {"apps: {api: {image: x, replicas: 21}}", "'replicas' must be a whole number from 0 to 20, not '21'"},
      {"apps: {api: {image: x, port: 70000}}", "'port' must be a whole number from 1 to 65535"},
      {"apps: {api: {port: 80}}", "the app 'api' needs one of: build, image, manifests"},
      {"apps: {api: {build: .}}", "its form is `build: {context: .}`"},
      {"apps: {api: {build: {context: ../x}}}", "'context' must lie inside the checkout, not at '../x'"},
      {"apps: {api: {image: x, sync: [{from: /etc, to: /a}]}}", "'from' must lie inside the checkout"},
      {"apps: {api: {image: x, sync: [{from: a, to: b}]}}", "'to' must be an absolute folder"},
      {"apps: {api: {image: x, sync: [{from: a, to: /}]}}", "'to' must be an absolute folder"},
      {"apps: {api: {image: x, on_sync: relod}}", "'on_sync' cannot be 'relod'; did you mean 'reload'?"},
      {"apps: {api: {image: x, on_sync: restart}}", "greenfield.yaml:3:33: 'on_sync: restart' needs 'sync'"},
      {"apps: {api: {image: x, sync_mode: bind}}", "'sync_mode' cannot be 'bind'; it is one of: copy, mount"},
      {"apps: {api: {image: x, sync_mode: mount}}", "greenfield.yaml:3:35: 'sync_mode: mount' needs 'sync'"},
      {"apps: {api: {image: x, uses: [redis]}}", "'uses' names redis, which is not under 'addons'"},
      {"apps: {api: {image: x, env: {1a: b}}}", "'1a' is no name of an environment variable"},
      {"apps: {api: {image: x, ready_path: /x}}", "'ready_path' needs a 'port'"},
      {"apps: {api: {image: x, metrics_path: /x}}", "'metrics_path' needs a 'port'"},
      {"apps: {api: {image: x, port: 80, metrics_path: x}}", "'metrics_path' must begin with '/'"},
      {"apps: {api: {image: x, port: 80}, web: {image: x, port: 80}}", "want the same port 80 on localhost"},
      {"apps: {Api: {image: x}}", "an app's name must be"},
      {"addons: {rediss: {}}", "greenfield.yaml:3:10: unknown key 'rediss' in 'addons'; did you mean 'redis'?"},
      {"addons: {redis: {profile: huge}}", "'profile' cannot be 'huge'"},
      {"addons: [redis]", "'addons' must be a map, not a list"},
      {"cluster: {workers: 10}", "'workers' must be a whole number from 0 to 9"},
      {"cluster: {provider: docker}", "'provider' cannot be 'docker'; it is one of: kind"},
      {"name: again", "the key 'name' stands here twice"},
      {"a: [", "greenfield.yaml:"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto told = problems(head + row.text);
    CAPTURE(told);
    CHECK(told.find(row.expected) != std::string::npos);
  }
}

TEST_CASE("all problems are told at once") {
  const auto told = problems("apiVersion: v2\nname: Shop!\nprofile: big\ncolour: red\n");
  CHECK(std::count(told.begin(), told.end(), '\n') == 3);
}

TEST_CASE("the JSON Schema knows just the keys of the parser") {
  std::ifstream file(GF_SOURCE_DIR "/schema/greenfield.schema.json");
  const auto schema = Json::parse(file);
  auto names = [](const Json& part) {
    std::vector<std::string> found;
    for (const auto& [key, unused] : part.at("properties").items()) found.push_back(key);
    return found;
  };
  for (const auto& [part, keys] : known_keys()) {
    CAPTURE(part);
    auto sorted = keys;
    std::ranges::sort(sorted);
    CHECK(names(part == "project" ? schema : schema.at("$defs").at(part)) == sorted);
  }
}

TEST_CASE("a proposal parses and takes up what stands in the folder") {
  gf::test::TemporaryFolder folder;
  const auto root = folder.path() / "My Shop";
  std::filesystem::create_directories(root / "app");
  std::ofstream(root / "Dockerfile") << "FROM x\nEXPOSE 9000\n";
  std::ofstream(root / "requirements.txt") << "redis==5\npsycopg==3\n";
  const auto spec = parse(propose(root.string(), vocabulary), root.string(), vocabulary);
  CHECK(spec.name == "my-shop");
  CHECK(spec.addons.size() == 2);
  CHECK(spec.apps.at(0).port == 9000);
  CHECK(spec.apps.at(0).sync.at(0).from == "app");
  const auto empty = folder.path() / "123";
  std::filesystem::create_directories(empty);
  CHECK_NOTHROW(parse(propose(empty.string(), vocabulary), empty.string(), vocabulary));
}

TEST_CASE("the registry survives a restart, refuses a taken name, and keeps a damaged file aside") {
  gf::test::MemoryFileSystem files;
  gf::test::TemporaryFolder folder;
  Registry registry(files, "/s/projects.json");
  registry.put({"shop", folder.path().string(), true});
  CHECK_THROWS_AS(registry.put({"shop", "/elsewhere", true}), Error);
  CHECK(Registry(files, "/s/projects.json").find("shop")->root == folder.path());
  registry.put({"old", "/gone", true});
  registry.put({"old", "/new", false});  // the former root does not exist any more
  CHECK(registry.find("old")->root == "/new");
  registry.remove("old");
  CHECK(registry.find("old") == nullptr);
  for (const char* text : {"{broken", R"({"version": 1, "contents": [1]})", R"({"version": 1, "contents": [{}]})"}) {
    CAPTURE(text);
    files.write_atomically("/s/projects.json", text);
    Registry damaged(files, "/s/projects.json");
    CHECK(damaged.all().empty());
    CHECK(damaged.warning().find("kept at") != std::string::npos);
  }
}

TEST_CASE("an addon in a mode is another addon, which apps go on to use by the same name") {
  const auto spec = parse(
      "apiVersion: greenfield.dev/v1\nname: shop\naddons: {kafka: {mode: zookeeper, profile: full}}\n"
      "apps: {api: {image: x, uses: [kafka]}}\n",
      "/shop", vocabulary);
  CHECK(spec.addons == std::map<std::string, std::string>{{"kafka-zookeeper", "full"}});
  CHECK(spec.apps.front().uses == std::vector<std::string>{"kafka-zookeeper"});
  const auto plain =
      parse("apiVersion: greenfield.dev/v1\nname: shop\naddons: {kafka: {mode: kraft}}\n", "/shop", vocabulary);
  CHECK(plain.addons == std::map<std::string, std::string>{{"kafka", "dev"}});
  for (const std::string bad : {"{kafka: {mode: raft}}", "{redis: {mode: kraft}}"})
    CHECK_THROWS_AS(parse("apiVersion: greenfield.dev/v1\nname: shop\naddons: " + bad + "\n", "/shop", vocabulary),
                    Error);
}
