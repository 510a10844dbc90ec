#include "deploy/data_mark.hpp"

#include <doctest/doctest.h>

using namespace gf;
using namespace gf::deploy;

TEST_CASE("pods say which branch's data they were made for") {
  auto workload = [](const char* kind) {
    Json object;
    object["kind"] = kind;
    object["spec"]["template"]["metadata"]["annotations"]["a"] = "b";
    return object;
  };
  auto deployment = workload("Deployment");
  const auto before = deployment;
  note_data(deployment, "");
  CHECK(deployment == before);
  note_data(deployment, "feature/x");
  CHECK(data_of(deployment["spec"]["template"]) == "feature/x");
  CHECK(deployment["spec"]["template"]["metadata"]["annotations"]["a"] == "b");
  note_data(deployment, "");
  CHECK(deployment == before);
  auto job = workload("Job");  // its template cannot change
  note_data(job, "feature/x");
  CHECK(data_of(job["spec"]["template"]).empty());
  CHECK(data_of(Json::object()).empty());
  CHECK(data_of(Json{{"metadata", {{"annotations", nullptr}}}}).empty());
}
