#include <doctest/doctest.h>

#include "manifest/asleep.hpp"

using namespace gf;
using namespace gf::manifest;

namespace {

Json workload(int replicas, const std::string& memory = "64Mi") {
  Json object;
  object["kind"] = "Deployment";
  object["metadata"]["name"] = "api";
  object["spec"]["replicas"] = replicas;
  Json container;
  container["resources"]["requests"]["memory"] = memory;
  object["spec"]["template"]["spec"]["containers"] = Json::array({container});
  return object;
}

}  // namespace

TEST_CASE("asleep: what a workload remembers is what wakes it, and nothing of it stays") {
  auto object = workload(3);
  CHECK_FALSE(asleep(object));
  object.merge_patch(sleep_patch(object, 1700000000.7));
  CHECK(replicas_of(object) == 0);
  const auto rest = asleep(object);
  REQUIRE(rest);
  CHECK(rest->replicas == 3);
  CHECK(rest->since == 1700000000);
  object.merge_patch(wake_patch(*rest));
  CHECK(replicas_of(object) == 3);
  CHECK_FALSE(asleep(object));
  CHECK(object["metadata"]["annotations"].empty());
}

TEST_CASE("asleep: who was given replicas by somebody else is awake; an odd annotation wakes one replica") {
  auto object = workload(2);
  object.merge_patch(sleep_patch(object, 1));
  object["spec"]["replicas"] = 1;
  CHECK_FALSE(asleep(object));
  for (const char* text : {"", "true", "{", "[3]", R"({"replicas": "x"})", R"({"replicas": -2})"}) {
    CAPTURE(text);
    auto odd = workload(0);
    odd["metadata"]["annotations"]["greenfield.dev/asleep"] = text;
    REQUIRE(asleep(odd));
    CHECK(asleep(odd)->replicas == 1);
  }
  CHECK_FALSE(asleep(workload(0)));  // nobody has laid it to rest
}

TEST_CASE("asleep: applying over one that sleeps leaves its replicas alone") {
  auto stored = workload(2);
  auto wanted = workload(2);
  leave_asleep(wanted, nullptr);
  leave_asleep(wanted, &stored);
  CHECK(replicas_of(wanted) == 2);
  stored.merge_patch(sleep_patch(stored, 1));
  leave_asleep(wanted, &stored);
  CHECK_FALSE(wanted["spec"].contains("replicas"));
  CHECK(wanted["spec"].contains("template"));
}

TEST_CASE("asleep: the memory that a replica requests") {
  const std::pair<const char*, int> rows[] = {{"64Mi", 64},     {"1Gi", 1024},  {"1.5Gi", 1536}, {"128M", 123},
                                              {"100k", 1},      {"1048576", 1}, {"0", 0},        {"much", 0},
                                              {"12Bananas", 0}, {"", 0}};
  for (const auto& [text, mib] : rows) {
    CAPTURE(text);
    CHECK(requested_mib(workload(1, text)) == mib);
  }
  auto two = workload(1);
  two["spec"]["template"]["spec"]["containers"].push_back(two["spec"]["template"]["spec"]["containers"][0]);
  two["spec"]["template"]["spec"]["containers"].push_back(Json::object());
  CHECK(requested_mib(two) == 128);
}
