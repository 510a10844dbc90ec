#include "deploy/local_registry.hpp"

#include <doctest/doctest.h>

using namespace gf;
using namespace gf::deploy;

namespace {

Json config_map(const std::string& key, const std::string& text) {
  Json map;
  map["kind"] = "ConfigMap";
  map["data"][key] = text;
  return map;
}

}  // namespace

TEST_CASE("what a cluster says of a local registry") {
  struct Row {
    const char* yaml;
    const char* host;  ///< empty: there is none
    const char* host_in_nodes;
    const char* refused;  ///< what the error has after the place, empty: nothing is wrong
  };
  const Row rows[] = {
      {"host: \"localhost:5001\"\nhelp: \"https://example.com\"\n", "localhost:5001", "localhost:5001", ""},
      {"host: localhost:5000\nhostFromContainerRuntime: registry:5000\nhostFromClusterNetwork: registry:5000\n",
       "localhost:5000", "registry:5000", ""},
      {"host: 127.0.0.1:5000\nlater: {field: 1}\n", "127.0.0.1:5000", "127.0.0.1:5000", ""},
      {"host: registry.example.com\n", "registry.example.com", "registry.example.com", ""},
      {"", "", "", ""},
      {"help: https://example.com/how-to-have-one\n", "", "", ""},
      {"host:\n", "", "", ""},
      {"hostFromContainerRuntime: registry:5000\n", "", "", "'hostFromContainerRuntime' stands there without 'host'"},
      {"host: [localhost:5001]\n", "", "", "'host' is no text"},
      {"host: 5001\n", "", "", "'host' is no text"},
      {"host: http://localhost:5001\n", "", "",
       "'host' is 'http://localhost:5001': a host with its port belongs there, as localhost:5001"},
      {"host: registry\n", "", "", "'host' is 'registry': a host with its port belongs there, as localhost:5001"},
      {"host: localhost:5001\nhostFromContainerRuntime: a/b\n", "", "",
       "'hostFromContainerRuntime' is 'a/b': a host with its port belongs there, as localhost:5001"},
      {"localhost:5001\n", "", "", "one map of fields belongs there"},
      {"host: localhost:5001\n---\nhost: localhost:5002\n", "", "", "one map of fields belongs there"},
      {"host: localhost:5001\n  help: [\n", "", "", "line 2, column"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.yaml);
    const auto map = config_map("localRegistryHosting.v1", row.yaml);
    const auto wiring = read_wiring(&map);
    CHECK(wiring.registry.has_value() == (*row.host != 0));
    if (wiring.registry) CHECK(wiring.registry->host == row.host);
    if (wiring.registry) CHECK(wiring.registry->host_in_nodes == row.host_in_nodes);
    REQUIRE(wiring.refused.has_value() == (*row.refused != 0));
    if (!wiring.refused) continue;
    CHECK(wiring.refused->code() == ErrorCode::bad_config);
    CHECK(wiring.refused->message().starts_with(
        "cannot read localRegistryHosting.v1 of the ConfigMap kube-public/local-registry-hosting: " +
        std::string(row.refused)));
    CHECK(wiring.refused->hint().find("delete configmap local-registry-hosting") != std::string::npos);
  }
}

TEST_CASE("a cluster that says nothing of a registry, or something of a later kind") {
  const auto later = config_map("localRegistryHosting.v2", "host: localhost:5001\n");
  Json empty;
  empty["kind"] = "ConfigMap";
  const Json* const maps[] = {nullptr, &later, &empty};
  for (const auto* map : maps) {
    const auto wiring = read_wiring(map);
    CHECK_FALSE(wiring.registry);
    CHECK_FALSE(wiring.refused);
  }
}
