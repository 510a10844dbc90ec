#include "problems.hpp"

using namespace gf;
using namespace gf::project;
using namespace std::chrono_literals;

namespace {

Vocabulary words() {
  Vocabulary known{{"redis", "redis-exporter", "kafka", "kafka-zookeeper", "istio", "metrics-server"}, {"kind"}};
  known.modes = {{"kafka", {{"zookeeper", "kafka-zookeeper"}}}};
  known.sleepless = {{"redis-exporter", "Prometheus asks it all the time"}};
  known.needs = {{"redis-exporter", {"redis"}}};
  return known;
}

const Vocabulary vocabulary = words();
const std::string head = "apiVersion: greenfield.dev/v1\nname: shop\n";

}  // namespace

TEST_CASE("sleep_after: read for apps and addons, off without it") {
  const auto spec = parse(head +
                              "addons: {redis: {sleep_after: 30m}, kafka: {mode: zookeeper, sleep_after: 24h}}\n"
                              "apps:\n"
                              "  api: {image: x, port: 80, uses: [redis], sleep_after: 10s}\n"
                              "  web: {image: x, port: 81}\n",
                          "/r", vocabulary);
  CHECK(spec.addon_sleep == std::map<std::string, std::chrono::seconds>{{"kafka-zookeeper", 86400s}, {"redis", 1800s}});
  CHECK(spec.apps.at(0).sleep_after == 10s);
  CHECK(spec.apps.at(1).sleep_after == 0s);
  CHECK(parse(head + "addons: {redis: {sleep_after: 1m}}\n", "/r", vocabulary).addon_sleep.at("redis") == 60s);
}

TEST_CASE("sleep_after: what cannot be is told with its place and what to do") {
  struct Row {
    const char* text;
    const char* expected;
  };
  const Row rows[] = {
      {"apps: {api: {image: x, port: 80, sleep_after: 9s}}",
       "greenfield.yaml:3:47: 'sleep_after' must be whole seconds from 10s to 24h, not '9s'"},
      {"apps: {api: {image: x, port: 80, sleep_after: 25h}}", "from 10s to 24h, not '25h'"},
      {"apps: {api: {image: x, port: 80, sleep_after: 10500ms}}", "must be whole seconds"},
      {"apps: {api: {image: x, port: 80, sleep_after: 30}}", "'sleep_after' must be a time such as 500ms, 5s or 2m"},
      {"apps: {api: {image: x, sleep_after: 1m}}",
       "'sleep_after' makes no sense for the app 'api': it has no 'port', and only a connection"},
      {"addons: {metrics-server: {}}\napps: {api: {image: x, port: 80, autoscale: {max: 2}, sleep_after: 1m}}",
       "'autoscale' decides how many replicas it has"},
      {"apps: {api: {image: x, port: 80, replicas: 0, sleep_after: 1m}}", "'replicas: 0' leaves nothing"},
      {"addons: {istio: {}}\napps: {api: {image: x, port: 80, sleep_after: 1m}}",
       "what comes through the mesh's gateway could not wake it"},
      {"addons: {istio: {}}\napps: {api: {image: x, port: 80, strategy: blue-green, sleep_after: 1m}}",
       "with 'strategy: blue-green' requests through the mesh"},
      {"addons: {redis-exporter: {sleep_after: 1m}}",
       "greenfield.yaml:3:40: 'sleep_after' makes no sense for the addon 'redis-exporter': Prometheus asks it"},
      {"addons: {redis: {sleep_after: 1m}}\napps: {api: {image: x, port: 80, uses: [redis]}}",
       "greenfield.yaml:3:31: 'sleep_after' of redis has no effect: the app 'api' needs it and never sleeps"},
      {"addons: {redis: {sleep_after: 1m}, redis-exporter: {}}",
       "'sleep_after' of redis has no effect: the addon 'redis-exporter' needs it and never sleeps"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto told = problems_of(head + row.text + "\n", vocabulary);
    CAPTURE(told);
    CHECK(told.find(row.expected) != std::string::npos);
  }
  CHECK(problems_of(head + "addons: {istio: {}}\napps: {api: {image: x, port: 80, sleep_after: 1m, "
                           "mesh: {gateway: false}}}\n",
                    vocabulary)
            .empty());
}
