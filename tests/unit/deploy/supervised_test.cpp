#include "deploy/supervised.hpp"

#include <doctest/doctest.h>

#include "protocol/error.hpp"

using namespace gf;
using namespace gf::deploy;

namespace {

std::vector<Json> deployment(Json container) {
  container["name"] = "api";
  if (!container.contains("image")) container["image"] = "img:1";
  Json sidecar;
  sidecar["name"] = "other";
  Json object;
  object["kind"] = "Deployment";
  object["spec"]["template"]["spec"]["containers"] = Json::array({sidecar, container});
  Json service;
  service["kind"] = "Service";
  return {service, object};
}

container::Image image(std::vector<std::string> entrypoint, std::vector<std::string> command) {
  container::Image one;
  one.entrypoint = std::move(entrypoint);
  one.command = std::move(command);
  return one;
}

/// The words of the container's command and, behind a bar, of its arguments.
std::string line(const std::vector<Json>& objects) {
  const auto& one = objects[1]["spec"]["template"]["spec"]["containers"][1];
  std::string text;
  for (const auto& word : one["command"]) text += word.get<std::string>() + ' ';
  text += '|';
  for (const auto& word : one.value("args", Json::array())) text += ' ' + word.get<std::string>();
  return text;
}

std::string refusal(std::vector<Json> objects, const std::optional<container::Image>& known) {
  try {
    supervise(objects, "api", "img:1", known);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::bad_config);
    CHECK(!error.hint().empty());
    return error.message();
  }
  return {};
}

}  // namespace

TEST_CASE("supervised: what Kubernetes would start is what gf-supervise starts") {
  struct Row {
    const char* container;
    container::Image image;
    const char* line;
  };
  const Row rows[] = {
      {"{}", image({"python"}, {"-u", "serve.py"}), "python | -u serve.py"},
      {"{}", image({}, {"python", "serve.py"}), "| python serve.py"},
      {"{}", image({"/server"}, {}), "/server |"},
      // Not what an image says is replaced, but what stands in manifests.
      {"{}", image({"sh", "-c"}, {"echo $$ $(HOME)"}), "sh -c | echo $$$$ $$(HOME)"},
      {R"-({"command": ["sh", "$(X)"]})-", image({"python"}, {"serve.py"}), "sh $(X) |"},
      {R"({"command": ["sh"], "args": ["-c", "x"]})", image({"python"}, {"serve.py"}), "sh | -c x"},
      {R"-({"args": ["-c", "$(X)"]})-", image({"python"}, {"serve.py"}), "python | -c $(X)"},
      {R"({"args": ["server"]})", image({}, {"python"}), "| server"},
      {R"({"command": []})", image({"python"}, {}), "python |"},
      {R"({"command": ["sh"], "image": "another"})", image({}, {}), "sh |"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.container);
    auto objects = deployment(Json::parse(row.container));
    supervise(objects, "api", "img:1", row.image);
    const auto told = line(objects);
    const std::string before = "/.greenfield/gf-supervise -- ";
    REQUIRE(told.starts_with(before));
    CHECK(told.substr(before.size()) == row.line);
  }
}

TEST_CASE("supervised: the node's folder is mounted into the app's container, beside what is there") {
  auto objects =
      deployment(Json::parse(R"({"command": ["x"], "volumeMounts": [{"name": "data", "mountPath": "/data"}]})"));
  objects[1]["spec"]["template"]["spec"]["volumes"] = Json::parse(R"([{"name": "data", "emptyDir": {}}])");
  supervise(objects, "api", "img:1", std::nullopt);
  const auto& spec = objects[1]["spec"]["template"]["spec"];
  CHECK(spec["volumes"] == Json::parse(R"([{"name": "data", "emptyDir": {}},
    {"name": "gf-supervise", "hostPath": {"path": "/usr/local/lib/greenfield", "type": "Directory"}}])"));
  CHECK(spec["containers"][1]["volumeMounts"] == Json::parse(R"([{"name": "data", "mountPath": "/data"},
    {"name": "gf-supervise", "mountPath": "/.greenfield", "readOnly": true}])"));
  CHECK(spec["containers"][0] == Json::parse(R"({"name": "other"})"));
  CHECK(objects[0] == Json::parse(R"({"kind": "Service"})"));
}

TEST_CASE("supervised: what cannot be is told") {
  CHECK(refusal(deployment(Json::object()), std::nullopt).ends_with("does not have the image img:1 any more"));
  CHECK(refusal(deployment(Json::object()), image({}, {})).ends_with("the image img:1 names no program"));
  CHECK(refusal(deployment(Json::parse(R"({"image": "another"})")), image({"x"}, {}))
            .ends_with("its container runs the image another, which is not the app's"));
  CHECK(refusal({}, image({"x"}, {})).ends_with("no container is called api"));
}
