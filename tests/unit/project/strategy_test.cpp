#include "problems.hpp"

using namespace gf;
using namespace gf::project;
using namespace std::chrono_literals;

namespace {

const Vocabulary vocabulary{{"istio", "prometheus"}, {"kind"}};
const std::string head = "apiVersion: greenfield.dev/v1\nname: shop\n";
const std::string meshed = head + "addons: {istio: {}, prometheus: {}}\n";

std::string problems(const std::string& text) { return problems_of(text, vocabulary); }

std::string with_app(const std::string& text) { return meshed + "apps:\n  api: {image: x, port: 80, " + text + "}\n"; }

}  // namespace

TEST_CASE("strategy: everything that can be said is read") {
  const auto plain = parse(head + "apps: {api: {image: x}}\n", "/r", vocabulary);
  CHECK(plain.apps.at(0).strategy == Strategy::rolling);
  CHECK(plain.apps.at(0).ready_deadline == 3min);
  CHECK(parse(with_app("ready_deadline: 45s"), "/r", vocabulary).apps.at(0).ready_deadline == 45s);
  const auto green = parse(with_app("strategy: blue-green"), "/r", vocabulary);
  CHECK(green.apps.at(0).strategy == Strategy::blue_green);
  const auto spec = parse(with_app("strategy: canary, canary: {steps: [10, 100], hold: 45s, deadline: 2m, requests: 7, "
                                   "max_error_percent: 0.5, max_p95_ratio: 2}"),
                          "/r", vocabulary);
  CHECK(spec.apps.at(0).strategy == Strategy::canary);
  CHECK(spec.apps.at(0).canary == CanarySpec{{10, 100}, 45s, 120s, 7, 0.5, 2});
  CHECK(parse(with_app("strategy: canary"), "/r", vocabulary).apps.at(0).canary == CanarySpec());
}

TEST_CASE("strategy: what cannot be is told with its place and what to do") {
  struct Row {
    const char* text;
    const char* expected;
  };
  const std::string steps = "'steps' must be rising percentages that end with 100, such as [5, 25, 50, 100]";
  const Row rows[] = {
      {"strategy: canry", "greenfield.yaml:5:39: 'strategy' cannot be 'canry'; did you mean 'canary'?"},
      {"strategy: rolling, canary: {}", "greenfield.yaml:5:56: 'canary' belongs to 'strategy: canary'"},
      {"strategy: canary, canary: {stps: [100]}", "unknown key 'stps' in 'canary'; did you mean 'steps'?"},
      {"strategy: canary, canary: {steps: [5, 5, 100]}", "greenfield.yaml:5:63: 'steps' must be rising"},
      {"strategy: canary, canary: {steps: [50, 25, 100]}", "'steps' must be rising"},
      {"strategy: canary, canary: {steps: [0, 100]}", "'steps' must be rising"},
      {"strategy: canary, canary: {steps: [5, 101]}", "'steps' must be rising"},
      {"strategy: canary, canary: {steps: [5, 50]}", "'steps' must be rising"},
      {"strategy: canary, canary: {steps: [-5, 100]}", "'steps' must be rising"},
      {"strategy: canary, canary: {steps: [5.5, 100]}", "'steps' must be rising"},
      {"strategy: canary, canary: {steps: []}", "'steps' must be rising"},
      {"strategy: canary, canary: {steps: 5}", "'steps' must be a list, not '5'"},
      {"strategy: canary, canary: {hold: 30}", "'hold' must be a time such as 500ms, 5s or 2m, not '30'"},
      {"strategy: canary, canary: {hold: 500ms}", "'hold' must be whole seconds"},
      {"strategy: canary, canary: {hold: 10m}", "'deadline' must be later than 'hold'"},
      {"strategy: canary, canary: {requests: 0}", "'requests' must be a whole number from 1 to 1000000, not '0'"},
      {"strategy: canary, canary: {max_error_percent: nan}", "'max_error_percent' must be a number from 0 to 100"},
      {"strategy: canary, canary: {max_p95_ratio: 0.9}", "'max_p95_ratio' must be a number from 1 to 1000, not '0.9'"},
      {"strategy: canary, sync: [{from: a, to: /a}]", "and 'sync' exclude each other"},
      {"strategy: canary, manifests: k8s", "and 'manifests' exclude each other"},
      {"ready_deadline: 4s", "greenfield.yaml:5:45: 'ready_deadline' must be from 5s to 1h"},
      {"ready_deadline: 61m", "'ready_deadline' must be from 5s to 1h"},
      {"ready_deadline: 1500ms", "'ready_deadline' must be whole seconds"},
      {"ready_deadline: 30", "'ready_deadline' must be a time such as 500ms, 5s or 2m, not '30'"},
      {"strategy: blue-green, mesh: {protocol: tcp}", "it needs a 'port' that speaks HTTP"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto told = problems(with_app(row.text));
    CAPTURE(told);
    CHECK(told.find(row.expected) != std::string::npos);
  }
  CHECK(problems(with_app("strategy: canary, canary: {steps: [5, 5, 100]}")).find(steps) != std::string::npos);
  CHECK(problems(with_app("strategy: canary") + "  api-next: {image: x}\n")
            .find("the name 'api-next' belongs to the new version of 'api'; rename that app") != std::string::npos);
}

TEST_CASE("strategy: without the mesh those that need it are refused with the remedy; rolling is not") {
  const auto app = [](const std::string& strategy) {
    return "apps: {api: {image: x, port: 80, strategy: " + strategy + "}}\n";
  };
  CHECK(problems(head + app("blue-green"))
            .find("greenfield.yaml:3:44: 'strategy: blue-green' needs the addon istio: add 'istio: {}' under 'addons', "
                  "or take rolling") != std::string::npos);
  CHECK(problems(head + "addons: {istio: {}}\n" + app("canary"))
            .find("'strategy: canary' needs the addon prometheus: add 'prometheus: {}' under 'addons'") !=
        std::string::npos);
  CHECK(problems(head + "addons: {istio: {}}\n" + app("blue-green")).empty());
  CHECK(problems(head + app("rolling")).empty());
}
